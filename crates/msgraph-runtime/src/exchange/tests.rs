//! The rules of a call, as a table.
