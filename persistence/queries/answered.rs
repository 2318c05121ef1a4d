//! What a database answers: every operation, compiled here for whoever asks.

use super::super::Database;
use crate::{
    idempotency::Once,
    transaction::{Act, Answers, Operation, Running, needs::AsValue},
};

macro_rules! answered {
    (
        read { $($reads:ident: $($read:ident$(<$told:ident>)?),+;)* }
        write { $($writes:ident: $($write:ident$(<$needed:ident>)?),+;)* }
    ) => {
        $($(answered!(read, crate::$reads::$read$(<$told>)?);)+)*
        $($(
            answered!(write, crate::$writes::$write$(<$needed>)?);
            answered!(write, Once<crate::$writes::$write$(<$needed>)?>);
        )+)*
    };
    ($how:ident, $operation:ty) => {
        impl Answers<$operation> for Database {
            fn answer(&self, act: Act, operation: $operation) -> Running<'_, <$operation as Operation>::Output> {
                Box::pin(self.$how(act, operation))
            }
        }
    };
}
crate::every_operation!(answered);
