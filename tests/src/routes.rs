//! The routes of the APIs of a configuration, as the state holds them: none can be forgotten.

use anyhow::{Context, Result, ensure};
use sandbox::terraform::Terraform;
use serde_json::Value;

/// What stands for a path's parameter: an id as the functions make them, of nothing that exists.
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A method and a path below the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method; PATCH, which no function here knows, for ANY.
    pub method: String,
    /// The path, with an id for each parameter.
    pub path: String,
}

impl Route {
    /// Whether its function reads a body without looking for anything first: of an id that is
    /// nobody's, it answers 404 whatever the body.
    pub(crate) fn reads_body(&self) -> bool {
        match self.method.as_str() {
            "PUT" => true,
            "POST" => !self.path.contains(ID),
            _ => false,
        }
    }
}

/// Returns all routes of all APIs, in the order of the state. Fails when there is none.
pub(crate) fn all(terraform: &Terraform) -> Result<Vec<Route>> {
    let http = terraform.resources("aws_apigatewayv2_route")?;
    let rest = terraform.resources("aws_api_gateway_method")?;
    let paths = terraform.resources("aws_api_gateway_resource")?;
    let http = http.iter().map(of_http_api);
    let rest = rest.iter().map(|method| of_rest_api(method, &paths));
    let routes: Vec<Route> = http.chain(rest).collect::<Result<_>>()?;
    ensure!(!routes.is_empty(), "the state holds no routes");
    Ok(routes)
}

fn of_http_api(route: &Value) -> Result<Route> {
    let key = route["route_key"].as_str().unwrap_or_default();
    let (method, path) = key
        .split_once(' ')
        .with_context(|| format!("not a route with a path: {route}"))?;
    Ok(new(method, path))
}

fn of_rest_api(method: &Value, paths: &[Value]) -> Result<Route> {
    let name = method["http_method"].as_str();
    let name = name.with_context(|| format!("a method without a name: {method}"))?;
    let resource = paths
        .iter()
        .find(|resource| resource["id"] == method["resource_id"]);
    // The root is no resource of its own.
    let path = resource.map_or(Some("/"), |resource| resource["path"].as_str());
    let path = path.with_context(|| format!("a resource without a path: {resource:?}"))?;
    Ok(new(name, path))
}

fn new(method: &str, path: &str) -> Route {
    let parts = path.split('/').map(|part| match part.starts_with('{') {
        true => ID,
        false => part,
    });
    Route {
        method: if method == "ANY" { "PATCH" } else { method }.to_owned(),
        path: parts.collect::<Vec<_>>().join("/"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_routes_of_both_kinds_of_api() {
        let http = of_http_api(&json!({"route_key": "GET /users/{id}/orders"})).unwrap();
        assert_eq!(http, new("GET", "/users/{id}/orders"));
        assert_eq!(http.path, format!("/users/{ID}/orders"));
        let paths = [json!({"id": "r1", "path": "/items/{id}"})];
        let rest = json!({"http_method": "ANY", "resource_id": "r1"});
        let rest = of_rest_api(&rest, &paths).unwrap();
        assert_eq!(rest.method, "PATCH");
        assert_eq!(rest.path, format!("/items/{ID}"));
        assert!(of_http_api(&json!({"route_key": "$default"})).is_err());
    }
}
