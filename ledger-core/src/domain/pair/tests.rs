//! The rules, given what was recorded.
