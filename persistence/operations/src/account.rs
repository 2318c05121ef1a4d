//! Accounts and log-ins.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    account::Account,
    id::{AccountId, PersonId, SessionId},
    text::Email,
};

/// Opens an account for a person.
#[derive(Debug)]
pub struct CreateAccount {
    /// Whose.
    pub person_id: PersonId,
    /// What they log in with.
    pub email: Email,
    /// The password, hashed.
    pub password_hash: String,
}
/// One account.
#[derive(Debug)]
pub struct GetAccount {
    /// Which.
    pub id: AccountId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Accounts, by these filters.
#[derive(Debug)]
pub struct ListAccounts {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// Where the list goes on.
    pub window: Window,
}
/// Disables an account, or enables it again. Every log-in of a disabled account ends.
#[derive(Debug)]
pub struct EnableAccount {
    /// Which.
    pub id: AccountId,
    /// Enable it, or disable it?
    pub enabled: bool,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The e-mail of an account whose password this caller may reset: a password is judged beside it.
#[derive(Debug)]
pub struct ForgottenPassword {
    /// Which account.
    pub id: AccountId,
}
/// Sets another password for somebody who forgot theirs. Every log-in of the account ends.
#[derive(Debug)]
pub struct ResetPassword {
    /// Which account.
    pub id: AccountId,
    /// The new password, hashed.
    pub password_hash: String,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// What a password is checked against.
#[derive(Debug)]
pub struct FindLogin {
    /// The e-mail.
    pub email: String,
}
/// An account and the hash of its password.
#[derive(Debug, Clone)]
pub struct Login {
    /// The account.
    pub account: AccountId,
    /// What the person logs in with.
    pub email: Email,
    /// Its password's hash.
    pub password_hash: String,
}
/// The caller's own password's hash.
#[derive(Debug)]
pub struct OwnLogin;
/// Changes the caller's own password. Every other log-in of theirs ends.
#[derive(Debug)]
pub struct ChangePassword {
    /// The new password, hashed.
    pub password_hash: String,
}
/// Begins a log-in, once the password was found right.
#[derive(Debug)]
pub struct StartSession {
    /// Whose.
    pub account: AccountId,
    /// The hash that the password was found right against; if it changed meanwhile, the log-in fails.
    pub password_hash: String,
    /// What the successors of its refresh tokens are made with; it never leaves the server.
    pub refresh_secret: Vec<u8>,
    /// Digest of the first refresh token.
    pub refresh_digest: Vec<u8>,
    /// The log-in's id: it is part of the token.
    pub session: SessionId,
    /// How long it lives without being asked for a password, in days.
    pub days: i64,
}
/// A log-in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whose account.
    pub account: AccountId,
    /// Who.
    pub person: PersonId,
}
/// What the successors of a log-in's refresh tokens are made with.
#[derive(Debug)]
pub struct RefreshSecret {
    /// Which log-in.
    pub session: SessionId,
}
/// Exchanges a refresh token for its successor.
#[derive(Debug)]
pub struct RefreshSession {
    /// Which log-in.
    pub session: SessionId,
    /// Digest of the token presented.
    pub digest: Vec<u8>,
    /// Digest of its successor, which follows from it.
    pub successor: Vec<u8>,
    /// For so many seconds the same successor is given again, so that two tabs never log each other out.
    pub grace_seconds: i64,
}
/// What became of a refresh.
#[derive(Debug, Clone)]
pub enum Refreshed {
    /// The log-in goes on with the successor.
    Goes(Session),
    /// The token had been used before: the log-in is revoked.
    Revoked,
}
/// Ends the caller's log-in.
#[derive(Debug)]
pub struct EndSession;
/// Forgets log-ins that ended long ago.
#[derive(Debug)]
pub struct ForgetSessions;
/// The events of one account.
#[derive(Debug)]
pub struct AccountHistory {
    /// Which account.
    pub id: AccountId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetAccount: ReadAccounts => Fetched<Seen<Account>>;
    ListAccounts: ReadAccounts => Page<Account>;
    ForgottenPassword: WriteAccounts => Email;
    FindLogin: Public => Option<Login>;
    OwnLogin: Identified => Login;
    RefreshSecret: Public => Option<Vec<u8>>;
    AccountHistory: ReadAccounts => crate::event::History;
}
commands! {
    CreateAccount: WriteAccounts => Seen<Account>;
    EnableAccount: WriteAccounts => Seen<Account>;
    ResetPassword: WriteAccounts => Seen<Account>;
    ChangePassword: Identified => ();
    StartSession: Public => Session;
    RefreshSession: Public => Refreshed;
    EndSession: Identified => ();
    ForgetSessions: Operator => usize;
}
