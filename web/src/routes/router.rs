//! One list from which both the server's routes and the API description are made, so that neither can know what the other
//! does not.

use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, Route, guard};
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::openapi::path::{HttpMethod, Operation};
use utoipa::openapi::{RefOr, Schema};

use crate::error::{ApiError, Code};
use crate::extract::{Anyone, Refuses};
use crate::middleware::RouteMetrics;

/// The routes, in the order in which they are compared.
#[derive(Default)]
pub struct Routes {
    resources: Vec<(String, Vec<(Method, Route)>)>,
    pub(crate) operations: Vec<Described>,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
}

/// An operation as its verb file describes it.
pub(crate) struct Described {
    pub(crate) path: String,
    pub(crate) method: HttpMethod,
    pub(crate) operation: Operation,
    /// With which codes it refuses: those of its arguments, and those that its noun names.
    pub(crate) codes: Vec<Code>,
}

/// Adds the handlers of verb files: `add!(routes, get, add_item: EDITING)`. Behind the colon stands with which codes a handler
/// refuses what its arguments let pass.
macro_rules! add {
    ($routes:expr, $($verb:ident $(: $refusals:expr)?),+ $(,)?) => {
        $({
            let refusals = [&[] as &[$crate::error::Code] $(, $refusals)?].concat();
            $routes.describe::<$verb::__path_handler, _, _>($verb::handler, refusals);
        })+
    };
}
pub(super) use add;

impl Routes {
    /// A route of the API: `P` is what `#[utoipa::path]` made of the handler.
    pub(super) fn describe<P, F, Args>(&mut self, handler: F, refusals: Vec<Code>)
    where
        P: utoipa::Path + SchemaReferences + Tags<'static>,
        F: Handler<Args>,
        Args: FromRequest + Refuses + 'static,
        F::Output: Responder + 'static,
    {
        let path = P::path();
        let mut operation = P::operation();
        operation.operation_id = Some(operation_id::<P>());
        operation.tags = Some(P::tags().into_iter().map(str::to_owned).collect());
        for method in P::methods() {
            self.undescribed(&path, verb(&method), handler.clone());
            let codes = [Args::codes(), refusals.clone()].concat();
            self.operations.push(Described { path: path.clone(), method, operation: operation.clone(), codes });
        }
        P::schemas(&mut self.schemas);
    }

    /// A route that is no part of the API: pages, and what they are made of.
    pub(super) fn undescribed<F, Args>(&mut self, path: &str, method: Method, handler: F)
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = match method {
            // What can be read can be asked about.
            Method::GET => Route::new().guard(guard::Any(guard::Get()).or(guard::Head())),
            _ => Route::new().method(method.clone()),
        };
        let route = (method, route.to(handler));
        match self.resources.iter_mut().find(|(known, _)| known == path) {
            Some((_, verbs)) => verbs.push(route),
            None => self.resources.push((path.to_owned(), vec![route])),
        }
    }

    /// Method and path pattern of every route.
    pub fn table(&self) -> Vec<(Method, String)> {
        let verbs = |(path, verbs): &(String, Vec<(Method, Route)>)| {
            verbs.iter().map(|(method, _)| (method.clone(), path.clone())).collect::<Vec<_>>()
        };
        self.resources.iter().flat_map(verbs).collect()
    }

    pub fn mount(self, config: &mut ServiceConfig) {
        for (path, verbs) in self.resources {
            config.service(resource(&path, verbs));
        }
        config.default_service(web::to(no_route));
    }
}

fn resource(path: &str, verbs: Vec<(Method, Route)>) -> Resource {
    let allow = allow(&verbs);
    let other_methods = move |_: Anyone, request: HttpRequest| {
        let allow = allow.clone();
        async move {
            if request.method() == Method::OPTIONS {
                return Ok(HttpResponse::NoContent().insert_header((ALLOW, allow)).finish());
            }
            Err(ApiError::method_not_allowed(allow))
        }
    };
    let mut resource = web::resource(path).app_data(RouteMetrics::new(path)).default_service(web::to(other_methods));
    for (_, route) in verbs {
        resource = resource.route(route);
    }
    resource
}

fn allow(verbs: &[(Method, Route)]) -> HeaderValue {
    let mut methods: Vec<&str> = verbs.iter().map(|(method, _)| method.as_str()).collect();
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    methods.push("OPTIONS");
    HeaderValue::try_from(methods.join(", ")).expect("methods are ASCII")
}

async fn no_route(_: Anyone) -> Result<HttpResponse, ApiError> {
    Err(ApiError::not_found("there is no such route"))
}

/// `web::routes::cart::add_item::__path_handler` is called `cart_add_item`.
fn operation_id<P>() -> String {
    let module = std::any::type_name::<P>();
    let steps: Vec<&str> = module.split("::").collect();
    let begin = steps.iter().position(|step| *step == "routes").map_or(0, |position| position + 1);
    steps[begin..steps.len() - 1].join("_")
}

pub(crate) fn verb(method: &HttpMethod) -> Method {
    match method {
        HttpMethod::Get => Method::GET,
        HttpMethod::Post => Method::POST,
        HttpMethod::Put => Method::PUT,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Options => Method::OPTIONS,
        HttpMethod::Head => Method::HEAD,
        HttpMethod::Patch => Method::PATCH,
        HttpMethod::Trace => Method::TRACE,
    }
}
