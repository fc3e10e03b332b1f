//! The API description is a promise. It is complete (`rules`), and every answer that any test of the API gets is held against
//! it (`answers`): what is answered is described, and looks as it is described.

mod answers;
mod rules;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

pub(crate) use answers::compare;

static DESCRIPTION: LazyLock<Description> = LazyLock::new(Description::new);

/// The description of this build, and the validators that were made of it so far.
struct Description {
    document: Value,
    /// Its schemas, read strictly.
    components: Value,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

impl Description {
    fn new() -> Self {
        let document = web::description::describe();
        let mut components = document["components"].clone();
        close(&mut components["schemas"], &document["components"]["schemas"]);
        Self { document, components, validators: Mutex::default() }
    }

    /// Everything that is wrong with `instance` by the schema at `pointer` of the document.
    fn flaws(&self, pointer: &str, instance: &Value) -> Vec<String> {
        let validator = self.validator(pointer);
        let flaws = validator.iter_errors(instance);
        flaws.map(|flaw| format!("{} at {:?}", flaw, flaw.instance_path().as_str())).collect()
    }

    fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = validators.get(pointer) {
            return Arc::clone(known);
        }
        let mut schema = self.document.pointer(pointer).expect("a schema of the document").clone();
        close(&mut schema, &self.document["components"]["schemas"]);
        schema["components"] = self.components.clone();
        let validator = jsonschema::options().should_validate_formats(true).build(&schema);
        let validator = Arc::new(validator.unwrap_or_else(|error| panic!("{pointer}: {error}")));
        validators.insert(pointer.to_owned(), Arc::clone(&validator));
        validator
    }
}

/// A client may be given more than is described; what is not described is a mistake here.
fn close(schema: &mut Value, schemas: &Value) {
    match schema {
        Value::Object(fields) => {
            if let Some(Value::Array(parts)) = fields.remove("allOf") {
                *schema = whole(&parts, schemas);
                return close(schema, schemas);
            }
            for (name, inner) in fields.iter_mut() {
                if name != "example" && name != "examples" {
                    close(inner, schemas);
                }
            }
            if fields.get("properties").is_some_and(Value::is_object) && fields.get("type").is_some() {
                fields.entry("additionalProperties").or_insert(Value::Bool(false));
            }
        }
        Value::Array(parts) => parts.iter_mut().for_each(|part| close(part, schemas)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// One object with the fields of several.
fn whole(parts: &[Value], schemas: &Value) -> Value {
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for part in parts {
        let named = part["$ref"].as_str().and_then(|place| place.rsplit('/').next());
        let part = named.map_or(part, |name| &schemas[name]);
        let inner = part["allOf"].as_array().map(|parts| whole(parts, schemas));
        let part = inner.as_ref().unwrap_or(part);
        properties.extend(part["properties"].as_object().cloned().unwrap_or_default());
        required.extend(part["required"].as_array().cloned().unwrap_or_default());
    }
    json!({ "type": "object", "properties": properties, "required": required })
}

/// As in a JSON pointer (RFC 6901).
fn step(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
