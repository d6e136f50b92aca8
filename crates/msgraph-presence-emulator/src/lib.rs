//! A stand-in for the Microsoft Graph presence service, to test programs without a tenant.
