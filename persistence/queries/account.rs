//! Accounts and log-ins. A disabled account is out by its next request: every request reads it.

use super::prelude::*;
use crate::{
    account::{
        AccountHistory, ChangePassword, CreateAccount, EnableAccount, EndSession, FindLogin, ForgetSessions, ForgottenPassword, GetAccount, ListAccounts,
        Login, OwnLogin, RefreshSecret, RefreshSession, Refreshed, ResetPassword, Session, StartSession,
    },
    error::Unauthenticated,
    event::History,
    merge::FoldedAccount,
    principal::Principal,
};
use chrono::TimeDelta;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    account::Account,
    event::{About, Actor, Changes, EventKind},
    id::{AccountId, PersonId, SessionId},
    role::not_for_yourself,
    rule::{Code, RuleError},
    text::{Email, Wire},
    time::micros,
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(Sqlite, Pg))]
struct AccountRow {
    id: Uid,
    person_id: Uid,
    email: String,
    disabled_at: Option<Moment>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}
impl AccountRow {
    fn account(self) -> Result<Account> {
        let Self { id, person_id, email, disabled_at, version, created_at, updated_at } = self;
        Ok(Account {
            id: id.to(),
            person_id: person_id.to(),
            email: Email::parse(&email).map_err(corrupt)?,
            disabled_at: disabled_at.map(|at| at.0),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

async fn load(cx: &mut Cx<'_>, id: AccountId) -> Result<Account> {
    let row: AccountRow = accounts::table.find((cx.tenant(), Uid::from(id))).select(AccountRow::as_select()).one(cx.conn()).await?;
    row.account()
}

async fn readable(cx: &mut Cx<'_>, account: &Account) -> Result<()> {
    let reach = rules::reach(&cx.caller, Permission::ReadAccounts).unwrap_or_default();
    let standing = access::standing_of(cx, account.person_id).await?;
    if reach.covers(&standing) { Ok(()) } else { Err(StoreError::Missing) }
}

async fn writable(cx: &mut Cx<'_>, account: &Account) -> Result<()> {
    let (reach, standing) = (cx.reach.clone(), access::standing_of(cx, account.person_id).await?);
    if reach.covers(&standing) { Ok(()) } else { Err(StoreError::Missing) }
}

async fn seen(cx: &mut Cx<'_>, record: Account) -> Result<Seen<Account>> {
    let standing = access::standing_of(cx, record.person_id).await?;
    let may = rules::reach(&cx.caller, Permission::WriteAccounts).is_ok_and(|r| r.covers(&standing));
    let who = || rules::require(may, "the trust's administrators");
    let enable = who().and_then(|()| toggled(&record, true, record.updated_at).map(drop)).err();
    let disable =
        who().and_then(|()| not_for_yourself(record.person_id, cx.caller.person())).and_then(|()| toggled(&record, false, record.updated_at).map(drop)).err();
    let reset = who().and_then(|()| not_for_yourself(record.person_id, cx.caller.person())).err();
    Ok(Seen { record, can: vec![("enable", enable), ("disable", disable), ("reset_password", reset)] })
}

fn toggled(account: &Account, enabled: bool, now: chrono::DateTime<chrono::Utc>) -> std::result::Result<Account, RuleError> {
    match (enabled, account.disabled_at) {
        (true, None) => Err(RuleError::new(Code::WrongState, "the account is enabled already")),
        (false, Some(_)) => Err(RuleError::new(Code::WrongState, "the account is disabled already")),
        (true, Some(_)) => Ok(Account { disabled_at: None, ..account.clone() }),
        (false, None) => Ok(Account { disabled_at: Some(now), ..account.clone() }),
    }
}

impl Write<Here> for CreateAccount {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Account>> {
        let reach = tx.reach.clone();
        match super::person::person_within(tx, &reach, self.person_id).await {
            Err(StoreError::Missing) => return Err(RuleError::at(Code::UnknownReference, "/person_id", "no such person").into()),
            other => other?,
        }
        let taken: Vec<(Uid, String)> = accounts::table
            .filter(accounts::tenant_id.eq(tx.tenant()))
            .filter(accounts::person_id.eq(Uid::from(self.person_id)).or(accounts::email.eq(self.email.as_str())))
            .select((accounts::person_id, accounts::email))
            .all(tx.conn())
            .await?;
        if let Some((person, _)) = taken.first() {
            let (pointer, what) =
                if *person == Uid::from(self.person_id) { ("/person_id", "this person has an account") } else { ("/email", "another account has this e-mail") };
            return Err(RuleError::at(Code::Duplicate, pointer, what).into());
        }
        let now = micros(tx.act.now);
        let account =
            Account { id: tx.new_id(), person_id: self.person_id, email: self.email.clone(), disabled_at: None, version: 1, created_at: now, updated_at: now };
        let row = (
            accounts::tenant_id.eq(tx.tenant()),
            accounts::id.eq(Uid::from(account.id)),
            accounts::person_id.eq(Uid::from(account.person_id)),
            accounts::email.eq(account.email.as_str()),
            accounts::password_hash.eq(&self.password_hash),
            accounts::version.eq(1),
            accounts::created_at.eq(Moment(now)),
            accounts::updated_at.eq(Moment(now)),
        );
        diesel::insert_into(accounts::table).values(row).done(tx.conn()).await?;
        let about = super::person::about_person(tx, account.person_id).await?;
        tx.event(EventKind::AccountCreated, None, &account, about);
        seen(tx, account).await
    }
}

impl Read<Here> for GetAccount {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Account>>> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Keeps accounts to those that the caller may read.
macro_rules! readable {
    ($query:expr, $cx:expr) => {{
        let query = $query;
        if $cx.reach.everywhere { query } else { query.filter(accounts::person_id.eq_any(super::person::employed_at!($cx, &$cx.reach.organisations, false))) }
    }};
}

/// Those of these accounts that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Account>> {
    let query = accounts::table.filter(accounts::tenant_id.eq(cx.tenant())).filter(accounts::id.eq_any(ids.to_vec()));
    let rows: Vec<AccountRow> = readable!(query.select(AccountRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    rows.into_iter().map(AccountRow::account).collect()
}

impl Read<Here> for ListAccounts {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Account>> {
        let mut query = page::windowed!(
            accounts::table.filter(accounts::tenant_id.eq(cx.tenant())).select(AccountRow::as_select()).into_boxed::<Dialect>(),
            self.window,
            accounts
        );
        query = readable!(query, cx);
        if let Some(person) = self.person_id {
            query = query.filter(accounts::person_id.eq(Uid::from(person)));
        }
        let rows: Vec<AccountRow> = query.all(cx.conn()).await?;
        let items = rows.into_iter().map(AccountRow::account).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(items, self.window.limit, |a| a.id.0))
    }
}

/// Ends log-ins of an account, all but one.
async fn end_sessions(tx: &mut Tx<'_>, account: AccountId, but: Option<SessionId>) -> Result<()> {
    let now = Moment::from(tx.act.wall);
    let live =
        sessions::table.filter(sessions::tenant_id.eq(tx.tenant())).filter(sessions::account_id.eq(Uid::from(account))).filter(sessions::revoked_at.is_null());
    match but {
        Some(session) => diesel::update(live.filter(sessions::id.ne(Uid::from(session)))).set(sessions::revoked_at.eq(Some(now))).done(tx.conn()).await?,
        None => diesel::update(live).set(sessions::revoked_at.eq(Some(now))).done(tx.conn()).await?,
    };
    Ok(())
}

/// Ends all that opens something of an account: its log-ins, and its calendar links, which need no password.
async fn lock_out(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    super::calendar_link::revoke_all(tx, account).await?;
    end_sessions(tx, account, None).await
}

impl Write<Here> for EnableAccount {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Account>> {
        let before = load(tx, self.id).await?;
        writable(tx, &before).await?;
        if !self.enabled {
            not_for_yourself(before.person_id, tx.caller.person())?;
        }
        super::event::expect(tx, &before, self.expected).await?;
        let after = toggled(&before, self.enabled, micros(tx.act.now))?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        let key = accounts::table.find((tx.tenant(), Uid::from(after.id))).filter(accounts::version.eq(before.version));
        let set =
            (accounts::disabled_at.eq(after.disabled_at.map(Moment)), accounts::version.eq(after.version), accounts::updated_at.eq(Moment(after.updated_at)));
        if diesel::update(key).set(set).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        if !self.enabled {
            lock_out(tx, after.id).await?;
        }
        let about = super::person::about_person(tx, after.person_id).await?;
        let kind = if self.enabled { EventKind::AccountEnabled } else { EventKind::AccountDisabled };
        tx.event(kind, Some(&before), &after, about);
        seen(tx, after).await
    }
}

/// An account whose password the caller may reset.
async fn forgotten(cx: &mut Cx<'_>, id: AccountId) -> Result<Account> {
    let account = load(cx, id).await?;
    writable(cx, &account).await?;
    not_for_yourself(account.person_id, cx.caller.person())?;
    Ok(account)
}
impl Read<Here> for ForgottenPassword {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Email> {
        Ok(forgotten(cx, self.id).await?.email)
    }
}
impl Write<Here> for ResetPassword {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Account>> {
        let before = forgotten(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = Account { version: before.version + 1, updated_at: micros(tx.act.now), ..before.clone() };
        let key = accounts::table.find((tx.tenant(), Uid::from(after.id))).filter(accounts::version.eq(before.version));
        let set = (accounts::password_hash.eq(&self.password_hash), accounts::version.eq(after.version), accounts::updated_at.eq(Moment(after.updated_at)));
        if diesel::update(key).set(set).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        lock_out(tx, after.id).await?;
        let about = super::person::about_person(tx, after.person_id).await?;
        tx.happened(EventKind::AccountPasswordReset, after.id.0, after.version, password_changed(), about);
        seen(tx, after).await
    }
}

/// That it changed is told; neither of the two is.
fn password_changed() -> Changes {
    Changes { fields: vec!["password".into()], values: serde_json::Value::Object(serde_json::Map::new()) }
}

fn login((id, email, password_hash): (Uid, String, String)) -> Result<Login> {
    Ok(Login { account: id.to(), email: Email::parse(&email).map_err(corrupt)?, password_hash })
}

impl Read<Here> for FindLogin {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Option<Login>> {
        let row: Option<(Uid, String, String)> = accounts::table
            .filter(accounts::tenant_id.eq(cx.tenant()))
            .filter(accounts::email.eq(self.email.to_ascii_lowercase()))
            .select((accounts::id, accounts::email, accounts::password_hash))
            .one(cx.conn())
            .await
            .optional()?;
        row.map(login).transpose()
    }
}

fn own_account(cx: &Cx<'_>) -> Result<(AccountId, PersonId)> {
    Ok(rules::own_account(&cx.caller)?)
}

impl Read<Here> for OwnLogin {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Login> {
        let (account, _) = own_account(cx)?;
        let row: (Uid, String, String) =
            accounts::table.find((cx.tenant(), Uid::from(account))).select((accounts::id, accounts::email, accounts::password_hash)).one(cx.conn()).await?;
        login(row)
    }
}

impl Write<Here> for ChangePassword {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (id, person) = own_account(tx)?;
        let now = micros(tx.act.now);
        let set = (accounts::password_hash.eq(&self.password_hash), accounts::version.eq(accounts::version + 1), accounts::updated_at.eq(Moment(now)));
        let version: i64 = diesel::update(accounts::table.find((tx.tenant(), Uid::from(id)))).set(set).returning(accounts::version).one(tx.conn()).await?;
        let this = match &tx.act.principal {
            Principal::Session { session, .. } => Some(*session),
            _ => None,
        };
        end_sessions(tx, id, this).await?;
        tx.happened(EventKind::AccountPasswordChanged, id.0, version, password_changed(), About { person: Some(person), ..About::default() });
        Ok(())
    }
}

impl Write<Here> for StartSession {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Session> {
        let row: Option<(Uid, String, Option<Moment>)> = accounts::table
            .find((tx.tenant(), Uid::from(self.account)))
            .select((accounts::person_id, accounts::password_hash, accounts::disabled_at))
            .one(tx.conn())
            .await
            .optional()?;
        let refuse = |why| Err(StoreError::Unauthenticated(why));
        let Some((person, hash, disabled)) = row else { return refuse(Unauthenticated::Login) };
        if hash != self.password_hash {
            return refuse(Unauthenticated::Login);
        }
        if disabled.is_some() {
            return refuse(Unauthenticated::AccountDisabled);
        }
        let now = micros(tx.act.wall);
        let row = (
            sessions::tenant_id.eq(tx.tenant()),
            sessions::id.eq(Uid::from(self.session)),
            sessions::account_id.eq(Uid::from(self.account)),
            sessions::created_at.eq(Moment(now)),
            sessions::expires_at.eq(Moment(now + TimeDelta::days(self.days))),
            sessions::refresh_secret.eq(&self.refresh_secret),
            sessions::refresh_digest.eq(&self.refresh_digest),
            sessions::refreshed_at.eq(Moment(now)),
        );
        diesel::insert_into(sessions::table).values(row).done(tx.conn()).await?;
        let person = person.to::<PersonId>();
        tx.act_as(Actor::Person(person));
        happened(tx, EventKind::SessionStarted, self.session, person);
        Ok(Session { id: self.session, account: self.account, person })
    }
}

fn happened(tx: &mut Tx<'_>, kind: EventKind, session: SessionId, person: PersonId) {
    let nothing = Changes { fields: Vec::new(), values: serde_json::Value::Object(serde_json::Map::new()) };
    tx.happened(kind, session.0, 1, nothing, About { person: Some(person), ..About::default() });
}

impl Read<Here> for RefreshSecret {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Option<Vec<u8>>> {
        Ok(sessions::table.find((cx.tenant(), Uid::from(self.session))).select(sessions::refresh_secret).one(cx.conn()).await.optional()?)
    }
}

impl Write<Here> for RefreshSession {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Refreshed> {
        // two tabs at once: one of them waits here for the other
        access::guard(tx, self.session).await?;
        type Row = (Uid, Uid, Option<Moment>, Option<Moment>, Moment, Vec<u8>, Moment);
        let row: Option<Row> = sessions::table
            .inner_join(accounts::table.on(accounts::tenant_id.eq(sessions::tenant_id).and(accounts::id.eq(sessions::account_id))))
            .filter(sessions::tenant_id.eq(tx.tenant()))
            .filter(sessions::id.eq(Uid::from(self.session)))
            .select((
                accounts::id,
                accounts::person_id,
                accounts::disabled_at,
                sessions::revoked_at,
                sessions::expires_at,
                sessions::refresh_digest,
                sessions::refreshed_at,
            ))
            .one(tx.conn())
            .await
            .optional()?;
        let refuse = |why| Err(StoreError::Unauthenticated(why));
        let Some((account, person, disabled, revoked, expires, current, refreshed)) = row else { return refuse(Unauthenticated::SessionEnded) };
        let now = micros(tx.act.wall);
        if disabled.is_some() {
            return refuse(Unauthenticated::AccountDisabled);
        }
        if revoked.is_some() || expires.0 <= now {
            return refuse(Unauthenticated::SessionEnded);
        }
        let session = Session { id: self.session, account: account.to(), person: person.to() };
        tx.act_as(Actor::Person(session.person));
        let key = (tx.tenant(), Uid::from(self.session));
        if current == self.digest {
            let used = (
                used_refresh_tokens::tenant_id.eq(key.0),
                used_refresh_tokens::session_id.eq(key.1),
                used_refresh_tokens::digest.eq(&self.digest),
                used_refresh_tokens::used_at.eq(Moment(now)),
            );
            diesel::insert_into(used_refresh_tokens::table).values(used).done(tx.conn()).await?;
            let set = (sessions::refresh_digest.eq(&self.successor), sessions::refreshed_at.eq(Moment(now)));
            diesel::update(sessions::table.find(key)).set(set).done(tx.conn()).await?;
            return Ok(Refreshed::Goes(session));
        }
        if current == self.successor && now - refreshed.0 <= TimeDelta::seconds(self.grace_seconds) {
            return Ok(Refreshed::Goes(session));
        }
        let used: i64 = used_refresh_tokens::table
            .filter(used_refresh_tokens::tenant_id.eq(key.0))
            .filter(used_refresh_tokens::session_id.eq(key.1))
            .filter(used_refresh_tokens::digest.eq(&self.digest))
            .count()
            .one(tx.conn())
            .await?;
        if used == 0 {
            return refuse(Unauthenticated::SessionEnded); // no token of ours, so nobody's theft either
        }
        diesel::update(sessions::table.find(key)).set(sessions::revoked_at.eq(Some(Moment(now)))).done(tx.conn()).await?;
        happened(tx, EventKind::SessionRevoked, self.session, session.person);
        Ok(Refreshed::Revoked)
    }
}

impl Write<Here> for EndSession {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let (_, person) = own_account(tx)?;
        let Principal::Session { session, .. } = tx.act.principal.clone() else { return Ok(()) };
        let now = Moment::from(tx.act.wall);
        diesel::update(sessions::table.find((tx.tenant(), Uid::from(session)))).set(sessions::revoked_at.eq(Some(now))).done(tx.conn()).await?;
        happened(tx, EventKind::SessionEnded, session, person);
        Ok(())
    }
}

impl Write<Here> for ForgetSessions {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize> {
        let old = Moment(tx.act.wall - TimeDelta::days(30));
        let ended: Vec<(Uid, Uid)> =
            sessions::table.filter(sessions::expires_at.lt(old)).limit(1000).select((sessions::tenant_id, sessions::id)).all(tx.conn()).await?;
        for (tenant, id) in &ended {
            diesel::delete(used_refresh_tokens::table.filter(used_refresh_tokens::tenant_id.eq(tenant)).filter(used_refresh_tokens::session_id.eq(id)))
                .done(tx.conn())
                .await?;
            diesel::delete(sessions::table.find((tenant, id))).done(tx.conn()).await?;
        }
        Ok(ended.len())
    }
}

impl Read<Here> for AccountHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// A person's account, whole.
pub(super) async fn of_person(cx: &mut Cx<'_>, person: PersonId) -> Result<Option<FoldedAccount>> {
    let found: Option<(AccountRow, String)> = accounts::table
        .filter(accounts::tenant_id.eq(cx.tenant()))
        .filter(accounts::person_id.eq(Uid::from(person)))
        .select((AccountRow::as_select(), accounts::password_hash))
        .one(cx.conn())
        .await
        .optional()?;
    let Some((row, password_hash)) = found else { return Ok(None) };
    let Account { id, person_id: _, email, disabled_at, version, created_at, updated_at } = row.account()?;
    Ok(Some(FoldedAccount { id, email, password_hash, disabled_at, version, created_at, updated_at }))
}
fn of(folded: &FoldedAccount, person_id: PersonId) -> Account {
    let FoldedAccount { id, email, password_hash: _, disabled_at, version, created_at, updated_at } = folded.clone();
    Account { id, person_id, email, disabled_at, version, created_at, updated_at }
}
/// An account gives way to the survivor's: its log-ins and calendar links end, and nobody can log in with it.
pub(super) async fn give_way(tx: &mut Tx<'_>, giving: &FoldedAccount) -> Result<()> {
    let key = (tx.tenant(), Uid::from(giving.id));
    let person: Uid = accounts::table.find(key).select(accounts::person_id).one(tx.conn()).await?;
    let before = of(giving, person.to());
    let sessions_of = || sessions::table.filter(sessions::tenant_id.eq(key.0)).filter(sessions::account_id.eq(key.1));
    let ids: Vec<Uid> = sessions_of().select(sessions::id).all(tx.conn()).await?;
    let used = used_refresh_tokens::table.filter(used_refresh_tokens::tenant_id.eq(key.0)).filter(used_refresh_tokens::session_id.eq_any(ids));
    diesel::delete(used).done(tx.conn()).await?;
    diesel::delete(sessions_of()).done(tx.conn()).await?;
    let links = calendar_links::table.filter(calendar_links::tenant_id.eq(key.0)).filter(calendar_links::account_id.eq(key.1));
    diesel::delete(links).done(tx.conn()).await?;
    diesel::delete(accounts::table.find(key)).done(tx.conn()).await?;
    let about = super::person::about_person(tx, before.person_id).await?;
    let now = micros(tx.act.now);
    let after = Account { disabled_at: Some(before.disabled_at.unwrap_or(now)), version: before.version + 1, updated_at: now, ..before.clone() };
    tx.event(EventKind::AccountDisabled, Some(&before), &after, about);
    Ok(())
}
/// The account is there again, as it was; its log-ins are not.
pub(super) async fn come_back(tx: &mut Tx<'_>, folded: FoldedAccount, person: PersonId) -> Result<()> {
    let now = micros(tx.act.now);
    let before = of(&folded, person);
    // only who may open accounts lets somebody in again: the survivor's may have been disabled since for a reason
    let may = rules::reach(&tx.caller, Permission::WriteAccounts).is_ok();
    let disabled_at = if may { before.disabled_at } else { before.disabled_at.or(Some(now)) };
    let after = Account { version: folded.version + 2, updated_at: now, disabled_at, ..before };
    let row = (
        accounts::tenant_id.eq(tx.tenant()),
        accounts::id.eq(Uid::from(after.id)),
        accounts::person_id.eq(Uid::from(person)),
        accounts::email.eq(after.email.as_str()),
        accounts::password_hash.eq(&folded.password_hash),
        accounts::disabled_at.eq(after.disabled_at.map(Moment)),
        accounts::version.eq(after.version),
        accounts::created_at.eq(Moment(after.created_at)),
        accounts::updated_at.eq(Moment(now)),
    );
    diesel::insert_into(accounts::table).values(row).done(tx.conn()).await?;
    let about = super::person::about_person(tx, person).await?;
    let before = Account { disabled_at: Some(after.disabled_at.unwrap_or(now)), ..after.clone() };
    tx.event(if after.disabled_at.is_none() { EventKind::AccountEnabled } else { EventKind::AccountUpdated }, Some(&before), &after, about);
    Ok(())
}
/// Refuses an account that the caller may not know of.
pub(super) async fn knowable(cx: &mut Cx<'_>, id: AccountId) -> Result<()> {
    let account = load(cx, id).await?;
    readable(cx, &account).await
}
/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: AccountId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => readable(cx, &record).await?,
        Doing::Act(_) => writable(cx, &record).await?,
    }
    Ok(seen(cx, record).await?.can)
}
