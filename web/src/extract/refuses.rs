//! For what each argument of a handler may turn a request away. The API description is made of it: a handler that takes a
//! body says by that alone that there is a 415.
//!
//! Nothing here decides. What an argument refuses is written beside its `FromRequest`, and the tests of the API compare every
//! answer that they see with the description.

use actix_web::HttpRequest;
use actix_web::web::{Data, Payload};

use super::{
    Anyone, Body, Customer, FirstKey, IdempotencyKey, IfMatch, IfNoneMatch, OptionalBody, OptionalIdempotencyKey,
    OptionalIfMatch, Principal, Query, Segment, Staff,
};
use crate::error::Code;
use crate::middleware::Arrival;

/// What is refused by an argument of a handler.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is an argument of a handler, and does not say with which codes it refuses",
    note = "implement `extract::Refuses` beside its `FromRequest`: the API description lists them"
)]
pub trait Refuses {
    fn codes() -> Vec<Code>;
}

macro_rules! refusals {
    ($([$($generic:ident)?] $argument:ty: $($code:ident),*;)*) => {$(
        impl$(<$generic>)? Refuses for $argument {
            fn codes() -> Vec<Code> {
                vec![$(Code::$code),*]
            }
        }
    )*};
}

refusals! {
    [] HttpRequest: ;
    [] Arrival: ;
    [] IfNoneMatch: ;
    [T] Data<T>: ;
    [] Anyone: ;
    [] Principal: BadRequest, Unauthenticated, TokenExpired;
    [] Customer: BadRequest, Unauthenticated, TokenExpired;
    [] FirstKey: BadRequest, Unauthenticated;
    [P] Staff<P>: BadRequest, Unauthenticated, TokenExpired, Forbidden, SecondFactorRequired;
    [T] Query<T>: BadRequest;
    [T] Segment<T>: BadRequest, NotFound;
    [T] Body<T>: BadRequest, PayloadTooLarge, UnsupportedMediaType, ValidationFailed, RequestTimeout;
    [T] OptionalBody<T>: BadRequest, PayloadTooLarge, UnsupportedMediaType, ValidationFailed, RequestTimeout;
    [] Payload: BadRequest, PayloadTooLarge, UnsupportedMediaType, ValidationFailed, RequestTimeout;
    [] IdempotencyKey: BadRequest, IdempotencyKeyRequired, IdempotencyKeyReused, IdempotencyKeyInFlight;
    [] OptionalIdempotencyKey: BadRequest, IdempotencyKeyReused, IdempotencyKeyInFlight;
    [] IfMatch: BadRequest, PreconditionRequired, VersionConflict;
    [] OptionalIfMatch: BadRequest, VersionConflict;
}

macro_rules! tuples {
    ($(($($argument:ident)*))*) => {$(
        impl<$($argument: Refuses),*> Refuses for ($($argument,)*) {
            fn codes() -> Vec<Code> {
                [$($argument::codes()),*].concat()
            }
        }
    )*};
}

impl Refuses for () {
    fn codes() -> Vec<Code> {
        Vec::new()
    }
}

tuples! {
    (A)
    (A B)
    (A B C)
    (A B C D)
    (A B C D E)
    (A B C D E F)
    (A B C D E F G)
    (A B C D E F G H)
    (A B C D E F G H I)
    (A B C D E F G H I J)
    (A B C D E F G H I J K)
    (A B C D E F G H I J K L)
}
