//! The `regen` command on copies of the workspace.
