//! Column types that the two databases keep differently: ids, instants and JSON documents.

use chrono::{DateTime, TimeZone, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types as st,
    sqlite::Sqlite,
};
use std::io::Write;
use trellis_domain::{id::TypedId, time::micros};
use uuid::Uuid;

/// SQL types of our own.
pub mod sql {
    #![allow(missing_docs)]
    use diesel::{query_builder::QueryId, sql_types::SqlType};
    /// `uuid`, or a blob of 16 bytes.
    #[derive(SqlType, QueryId)]
    #[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
    pub struct Guid;
    /// `timestamptz`, or microseconds since 1970.
    #[derive(SqlType, QueryId)]
    #[diesel(postgres_type(oid = 1184, array_oid = 1185), sqlite_type(name = "Long"))]
    pub struct Instant;
    /// `jsonb`, or text.
    #[derive(SqlType, QueryId)]
    #[diesel(postgres_type(oid = 3802, array_oid = 3807), sqlite_type(name = "Text"))]
    pub struct Document;
}
use sql::{Document, Guid, Instant};

/// An id in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, FromSqlRow, AsExpression)]
#[diesel(sql_type = Guid)]
pub struct Uid(pub Uuid);
impl<T: TypedId> From<T> for Uid {
    fn from(id: T) -> Self {
        Uid(id.into())
    }
}
impl Uid {
    /// As the id of this kind of record.
    pub fn to<T: TypedId>(self) -> T {
        T::from(self.0)
    }
}
/// An optional id in a row.
pub fn optional<T: TypedId>(id: Option<T>) -> Option<Uid> {
    id.map(Uid::from)
}
/// Ids, for `IN`.
pub fn uids<T: TypedId>(ids: &[T]) -> Vec<Uid> {
    ids.iter().map(|id| Uid::from(*id)).collect()
}
impl ToSql<Guid, Pg> for Uid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}
impl FromSql<Guid, Pg> for Uid {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Uid(Uuid::from_slice(value.as_bytes())?))
    }
}
impl ToSql<Guid, Sqlite> for Uid {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}
impl FromSql<Guid, Sqlite> for Uid {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<st::Binary, Sqlite>>::from_sql(value)?;
        Ok(Uid(Uuid::from_slice(&bytes)?))
    }
}

/// An instant in a row, to the microsecond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, FromSqlRow, AsExpression)]
#[diesel(sql_type = Instant)]
pub struct Moment(pub DateTime<Utc>);
impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Moment(micros(at))
    }
}
impl ToSql<Instant, Pg> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<st::Timestamptz, Pg>::to_sql(&self.0, &mut out.reborrow())
    }
}
impl FromSql<Instant, Pg> for Moment {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<st::Timestamptz, Pg>::from_sql(value).map(Moment)
    }
}
impl ToSql<Instant, Sqlite> for Moment {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.timestamp_micros());
        Ok(IsNull::No)
    }
}
impl FromSql<Instant, Sqlite> for Moment {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let micros = <i64 as FromSql<st::BigInt, Sqlite>>::from_sql(value)?;
        Ok(Moment(Utc.timestamp_micros(micros).single().ok_or("an instant out of range")?))
    }
}

/// A JSON document in a row, as text.
#[derive(Clone, Debug, PartialEq, Eq, FromSqlRow, AsExpression)]
#[diesel(sql_type = Document)]
pub struct Json(pub String);
impl ToSql<Document, Pg> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&[1])?; // jsonb's version
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}
impl FromSql<Document, Pg> for Json {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let text = value.as_bytes().get(1..).ok_or("an empty document")?;
        Ok(Json(std::str::from_utf8(text)?.to_owned()))
    }
}
impl ToSql<Document, Sqlite> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.0.as_str());
        Ok(IsNull::No)
    }
}
impl FromSql<Document, Sqlite> for Json {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        <String as FromSql<st::Text, Sqlite>>::from_sql(value).map(Json)
    }
}
