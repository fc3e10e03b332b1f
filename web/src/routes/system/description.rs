//! The API description (OpenAPI 3.1), made of the same list as the routes.

use serde_json::json;
use utoipa::openapi::path::{PathItem, PathsBuilder};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, Info, License, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    ResponseBuilder, Schema, Type,
};

use crate::error::{Code, members};
use crate::routes::Routes;

/// The whole API of this build.
pub fn describe() -> OpenApi {
    let routes: Routes = crate::routes::all();
    let mut paths = PathsBuilder::new();
    for (path, method, mut operation) in routes.operations {
        let problem = Ref::new("#/components/responses/Problem");
        operation.responses.responses.insert("default".to_owned(), RefOr::Ref(problem));
        paths = paths.path(path, PathItem::new(method, operation));
    }
    let problem = ResponseBuilder::new()
        .description("What went wrong (RFC 9457). `code` is the contract, `title` and `detail` are for people.")
        .content(
            "application/problem+json",
            ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build(),
        );
    let components = ComponentsBuilder::new()
        .schemas_from_iter(routes.schemas)
        .schema("Problem", problem_schema())
        .response("Problem", problem.build())
        .security_scheme("guest", bearer("The token of `POST /api/v1/session`."))
        .security_scheme(
            "account",
            bearer("An access token of `POST /api/v1/auth/login`; where scopes are named, of a role that has them."),
        )
        .security_scheme("key", bearer("A secret key (`sk_...`) with the scope."));

    let mut info = Info::new("Doorbuster", env!("CARGO_PKG_VERSION"));
    info.description = Some(INTRODUCTION.to_owned());
    info.license = Some(License::new(env!("CARGO_PKG_LICENSE")));
    OpenApiBuilder::new().info(info).paths(paths.build()).components(Some(components.build())).build()
}

const INTRODUCTION: &str = "A commerce engine for flash sales. Money is in minor units, times are RFC 3339 in UTC, \
    an unknown parameter or field is an error, and every error is a problem document.";

fn bearer(description: &str) -> SecurityScheme {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description = Some(description.to_owned());
    SecurityScheme::Http(scheme)
}

fn problem_schema() -> RefOr<Schema> {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let codes: Vec<_> = Code::ALL.iter().map(|code| code.name()).collect();
    let document = ObjectBuilder::new()
        .schema_type(Type::Object)
        .property("type", text().examples([json!("/problems/out-of-stock")]))
        .property("title", text())
        .property("status", ObjectBuilder::new().schema_type(Type::Integer))
        .property("code", text().enum_values(Some(codes)))
        .property("detail", text())
        .property("instance", text())
        .property("trace_id", text())
        .required("type")
        .required("title")
        .required("status")
        .required("code")
        .required("instance")
        .required("trace_id");
    // What single codes add. All of it is optional here: `code` says which are there.
    members::all().fold(document, |document, member| document.property(member.name, member.schema())).into()
}
