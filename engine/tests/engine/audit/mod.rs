//! The audit trail in the database: what is written is read back, found by each filter, and stays as it is.

mod trail;
