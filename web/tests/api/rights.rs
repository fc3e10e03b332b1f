//! Who may do what: the API's own description is walked, and each operation of staff and sellers is tried by everybody.

use hyper::Method;
use identity::access::{KeyKind, Role, Scope};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::client::Answer;

/// An operation that takes a scope.
struct Guarded {
    method: Method,
    path: String,
    scope: Scope,
    takes_keys: bool,
}

#[actix_web::test]
async fn every_operation_takes_the_scope_that_it_says_and_no_other() {
    let app = TestApp::start();
    let operations = guarded(&app).await;
    assert!(operations.len() > 60, "{} are few", operations.len());
    for scope in Scope::ALL.iter().filter(|&&scope| !KeyKind::Publishable.may_have(scope)) {
        assert!(operations.iter().any(|operation| operation.scope == *scope), "{scope} opens nothing");
    }
    let guest = app.guest().await;
    let mut roles = Vec::new();
    for role in Role::ALL {
        roles.push((role, app.signed_in(&format!("{role}@example.com"), role).await));
    }
    for operation in &operations {
        let name = operation.scope.name();
        ask(&app, operation, None).await.problem(401, "unauthenticated");
        ask(&app, operation, Some("sk_nobody-has-ever-made-this-one-12345")).await.problem(401, "unauthenticated");
        assert_eq!(ask(&app, operation, Some(&guest)).await.problem(403, "forbidden")["required"], name);
        for (role, access) in &roles {
            let answer = ask(&app, operation, Some(access)).await;
            let what = format!("{role}: {} {}", operation.method, operation.path);
            if role.may(operation.scope) {
                assert!(answer.status != 401 && answer.status != 403, "{what}: {answer:?}");
            } else {
                assert_eq!(answer.problem(403, "forbidden")["required"], name, "{what}");
            }
        }
        if !operation.takes_keys {
            continue;
        }
        let others = Scope::ALL.iter().filter(|&&scope| scope != operation.scope);
        let others: Vec<Scope> = others.copied().filter(|&scope| KeyKind::Secret.may_have(scope)).collect();
        let without = key(&app, &others).await;
        let refused = ask(&app, operation, Some(&without)).await.problem(403, "forbidden");
        assert_eq!(refused["required"], name, "{} {}", operation.method, operation.path);
        let with = key(&app, &[operation.scope]).await;
        let let_in = ask(&app, operation, Some(&with)).await;
        let status = let_in.status.as_u16();
        assert!(status != 401 && status != 403, "{} {}: {let_in:?}", operation.method, operation.path);
    }
}

/// What names nothing, so that whoever is let in does no harm.
async fn ask(app: &TestApp, operation: &Guarded, shown: Option<&str>) -> Answer {
    let path = operation.path.split('/').map(|part| if part.starts_with('{') { "nothing-such" } else { part });
    let path = path.collect::<Vec<_>>().join("/");
    let request = app.client.request(operation.method.clone(), &path).header("if-match", "\"99\"");
    let request = if operation.method == Method::GET { request } else { request.json(&json!({})) };
    match shown {
        Some(shown) => request.bearer(shown).send().await,
        None => request.send().await,
    }
}

async fn key(app: &TestApp, scopes: &[Scope]) -> String {
    let scopes: Vec<&str> = scopes.iter().map(|scope| scope.name()).collect();
    let body = json!({ "name": "of the test", "kind": "secret", "scopes": scopes });
    let made = app.admin_post("/api/v1/admin/keys", &body).send().await.expect(201);
    made["secret"].as_str().expect("a secret").to_owned()
}

/// Every operation below `/admin` and `/seller`, and nothing else, says which one scope it takes.
async fn guarded(app: &TestApp) -> Vec<Guarded> {
    let description = app.client.get("/api/v1/openapi.json").send().await.expect(200);
    let mut guarded = Vec::new();
    for (path, verbs) in description["paths"].as_object().expect("paths") {
        for (verb, operation) in verbs.as_object().expect("verbs") {
            let takes = |scheme: &str| -> Option<Scope> {
                let ways = operation["security"].as_array().into_iter().flatten();
                let scopes = ways.filter_map(|way| way.get(scheme)).flat_map(|scopes| scopes.as_array().cloned());
                let scopes: Vec<Value> = scopes.flatten().collect();
                assert!(scopes.len() <= 1, "{verb} {path} takes {scopes:?}");
                scopes.first().map(|scope| scope.as_str().and_then(|scope| scope.parse().ok()).expect("a scope"))
            };
            let is_staffs = path.starts_with("/api/v1/admin/") || path.starts_with("/api/v1/seller/");
            // Whoever asks for it is nobody yet.
            let is_staffs = is_staffs && path != "/api/v1/admin/first";
            let (account, key) = (takes("account"), takes("key"));
            assert_eq!(account.is_some(), is_staffs, "{verb} {path} says whom it takes");
            let Some(scope) = account else {
                assert_eq!(key, None, "{verb} {path}");
                continue;
            };
            // What is a seller's own needs a seller, and a key is none.
            assert_eq!(key, KeyKind::Secret.may_have(scope).then_some(scope), "{verb} {path}");
            let method = Method::from_bytes(verb.to_uppercase().as_bytes()).expect("a method");
            guarded.push(Guarded { method, path: path.clone(), scope, takes_keys: key.is_some() });
        }
    }
    guarded
}
