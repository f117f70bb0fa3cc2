//! Each preparation step on a tiny document, and the platform module as a whole.
