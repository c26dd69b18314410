//! Facts about a module for programs.

use super::facts::Facts;
use serde_json::{Value, json};

/// The facts as JSON, with a line end.
pub fn render(facts: &Facts) -> String {
    let imports = facts.imports.iter().map(|import| {
        json!({
            "module": import.module,
            "name": import.name,
            "type": import.ty,
            "provided": import.provided,
            "go": import.go_use,
            "flag": import.flag,
            "calledBy": import.user,
        })
    });
    let exports = facts.exports.iter();
    let exports = exports.map(|export| json!({ "name": export.name, "type": export.ty }));
    let document = json!({
        "name": facts.name,
        "bytes": facts.bytes,
        "kind": facts.kind.text(),
        "validated": facts.validated,
        "functions": facts.functions,
        "memories": facts.memories,
        "go": go(facts),
        "imports": Vec::from_iter(imports),
        "exports": Vec::from_iter(exports),
        "sections": sizes(&facts.sections),
        "packages": sizes(&facts.packages),
        "data": sizes(&facts.data),
    });
    fossor_text::json(&format!("{document:#}\n")).into_owned()
}

fn go(facts: &Facts) -> Value {
    let Some(go) = &facts.go else {
        return Value::Null;
    };
    let build = go.build.as_ref().map(|build| {
        let modules = build.dependencies.iter();
        let modules = modules.map(|(path, version)| json!({ "path": path, "version": version }));
        let settings = build
            .settings
            .iter()
            .map(|(key, value)| (key.clone(), json!(value)));
        json!({
            "path": build.path,
            "main": build.main.as_ref().map(|(path, version)| {
                json!({ "path": path, "version": version })
            }),
            "dependencies": Vec::from_iter(modules),
            "settings": serde_json::Map::from_iter(settings),
        })
    });
    json!({
        "version": go.version.as_ref().map(|version| version.to_string()),
        "buildId": go.build_id,
        "build": build,
    })
}

fn sizes(sizes: &[(String, u64)]) -> Vec<Value> {
    let sizes = sizes.iter();
    sizes
        .map(|(name, bytes)| json!({ "name": name, "bytes": bytes }))
        .collect()
}
