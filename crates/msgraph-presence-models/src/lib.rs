//! Types of the Microsoft Graph presence API, generated from its description.
