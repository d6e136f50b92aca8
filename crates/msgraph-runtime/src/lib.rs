//! A Microsoft Graph call made safe, patient and explainable: tokens, retries, limits, errors and transport.
