//! Which of an application's routes a request takes.

use http::Method;

use super::Request;
use crate::problem::Problem;

/// A route: its method, its path, and what stands for it in the application.
///
/// A path is spelled as API Gateway's resources are, such as `/items/{id}`. A `{name}` stands for
/// one segment that is not empty.
pub type Route<T> = (Method, &'static str, T);

/// The route that a request takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched<'r, T> {
    /// What stands for the route.
    pub route: T,
    parameters: Vec<(&'static str, &'r str)>,
}

impl<'r, T> Matched<'r, T> {
    /// Returns the segment that the route's path has as `{name}`; nothing, if it has none.
    pub fn parameter(&self, name: &str) -> &'r str {
        let found = self.parameters.iter().find(|(known, _)| *known == name);
        found.map_or("", |(_, segment)| segment)
    }
}

impl Request {
    /// Returns which of the routes the request takes.
    ///
    /// # Errors
    /// 404 when no route has the request's path; 405 with the methods of those that have, when none
    /// of them has the request's method.
    pub fn matched<T: Copy>(&self, routes: &[Route<T>]) -> Result<Matched<'_, T>, Problem> {
        let mut allowed = Vec::new();
        for (method, path, route) in routes {
            let Some(parameters) = parameters(path, &self.path) else {
                continue;
            };
            if *method == self.method {
                let route = *route;
                return Ok(Matched { route, parameters });
            }
            allowed.push(method.clone());
        }
        match allowed[..] {
            [] => Err(Problem::not_found("there is no such resource")),
            _ => Err(Problem::method_not_allowed(&allowed)),
        }
    }
}

/// Returns the parameters of `path`, if it is one of `pattern`.
fn parameters<'r>(pattern: &'static str, path: &'r str) -> Option<Vec<(&'static str, &'r str)>> {
    let (mut patterns, mut segments) = (pattern.split('/'), path.split('/'));
    let mut parameters = Vec::new();
    loop {
        match (patterns.next(), segments.next()) {
            (None, None) => return Some(parameters),
            (Some(pattern), Some(segment)) => match name(pattern) {
                Some(name) if !segment.is_empty() => parameters.push((name, segment)),
                None if pattern == segment => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

fn name(pattern: &'static str) -> Option<&'static str> {
    pattern.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests {
    use super::super::request::tests::request;
    use super::*;

    const ROUTES: &[Route<&str>] = &[
        (Method::GET, "/items", "list"),
        (Method::POST, "/items", "create"),
        (Method::PUT, "/items/{id}", "replace"),
        (Method::PUT, "/items/{id}/parts/{part}", "replace part"),
    ];

    fn matched(method: Method, path: &str) -> Result<(&'static str, String), Problem> {
        let mut request = request(path, "$default");
        request.method = method;
        let matched = request.matched(ROUTES)?;
        let parameters = ["id", "part"].map(|name| matched.parameter(name));
        Ok((matched.route, parameters.join(",")))
    }

    #[test]
    fn a_request_takes_the_route_of_its_method_and_path() {
        for (method, path, route, parameters) in [
            (Method::GET, "/items", "list", ","),
            (Method::POST, "/items", "create", ","),
            (Method::PUT, "/items/1", "replace", "1,"),
            (Method::PUT, "/items/1/parts/2", "replace part", "1,2"),
        ] {
            let expected = (route, parameters.to_owned());
            assert_eq!(matched(method, path).unwrap(), expected, "{path}");
        }
    }

    #[test]
    fn a_path_without_a_route_is_not_found() {
        for path in ["", "/", "/item", "/items/", "/items/1/2", "/items//parts/2"] {
            assert_eq!(matched(Method::PUT, path).unwrap_err().status(), 404);
        }
    }

    #[test]
    fn another_method_is_answered_with_those_that_the_path_takes() {
        let problem = matched(Method::DELETE, "/items").unwrap_err();
        assert_eq!(problem.status(), 405);
        assert_eq!(problem.into_response("r").headers()["allow"], "GET, POST");
    }
}
