//! Credentials: passwords, access and refresh tokens, service accounts' keys.

pub mod password;
pub mod secret;
pub mod token;
