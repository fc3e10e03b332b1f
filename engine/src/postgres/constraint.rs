//! Which constraint a statement ran into. Constraints are named for it: each domain knows the names of its own tables and
//! says what their violation means.

use diesel::result::{DatabaseErrorKind, Error};

/// The name of the violated constraint, when that is what happened.
pub fn violated(error: &Error) -> Option<&str> {
    use DatabaseErrorKind::{
        CheckViolation, ExclusionViolation, ForeignKeyViolation, NotNullViolation, RestrictViolation, UniqueViolation,
    };
    if let Error::DatabaseError(
        UniqueViolation | ForeignKeyViolation | CheckViolation | NotNullViolation | RestrictViolation
        | ExclusionViolation,
        information,
    ) = error
    {
        return information.constraint_name();
    }
    None
}
