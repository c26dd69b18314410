//! Vector operators.
