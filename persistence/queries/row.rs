//! What is done with one row, where the domain has decided already.

/// Functions that save and remove a record of this table.
macro_rules! stored {
    ($table:ident, $row:ident, $record:ty) => {
        super::row::stored!($table, $row, $record, replace);
        /// Removes the record, of which nothing may be left.
        pub(super) async fn remove(tx: &mut Tx<'_>, record: &$record) -> Result<()> {
            let key = $table::table.find((tx.tenant(), Uid::from(record.id))).filter($table::version.eq(record.version));
            match diesel::delete(key).done(tx.conn()).await {
                Ok(0) | Err(diesel::result::Error::DatabaseError(diesel::result::DatabaseErrorKind::ForeignKeyViolation, _)) => Err(StoreError::Retry),
                Ok(_) => Ok(()),
                Err(e) => Err(e.into()),
            }
        }
    };
    ($table:ident, $row:ident, $record:ty, replace) => {
        /// Saves the record over the version that was read.
        pub(super) async fn replace(tx: &mut Tx<'_>, read: i64, record: &$record) -> Result<()> {
            let key = $table::table.find((tx.tenant(), Uid::from(record.id))).filter($table::version.eq(read));
            match diesel::update(key).set($row::new(tx.tenant(), record)).done(tx.conn()).await? {
                0 => Err(StoreError::Retry),
                _ => Ok(()),
            }
        }
    };
}
pub(super) use stored;
