//! Which values the arguments of `rustlambda_package` take.

use std::collections::BTreeMap;

use tf_provider::model::Set;
use tf_provider::schema::Validator;

/// Variables that a process can be started with.
pub(super) fn environment() -> Validator {
    /// Linux limits one variable to 128 KiB (execve(2)), macOS all of them together to 1 MiB.
    const MOST: usize = 128 * 1024;
    Validator::new(
        "must have names that are not empty and have no `=`, no NUL, and 128 KiB at most in all",
        |variables: &BTreeMap<String, String>| {
            let length = |(name, value): (&String, &String)| name.len() + value.len() + 2;
            if let Some(name) = variables
                .keys()
                .find(|name| name.is_empty() || name.contains(['=', '\0']))
            {
                return Err(format!(
                    "has a variable named {name:?}: a name must not be empty, and must have no \"=\" \
                     and no NUL"
                ));
            }
            if let Some((name, _)) = variables.iter().find(|(_, value)| value.contains('\0')) {
                return Err(format!("has a NUL in the value of {name:?}"));
            }
            match variables.iter().map(length).sum::<usize>() {
                bytes if bytes > MOST => Err(format!(
                    "has {bytes} bytes, and a process takes {MOST}: put what is long into a file"
                )),
                _ => Ok(()),
            }
        },
    )
}

/// ARNs of functions, without a version or an alias.
pub(super) fn function_arns() -> Validator {
    let form = "arn:<partition>:lambda:<region>:<account>:function:<name>";
    let description = format!("must have elements of the form `{form}`");
    Validator::new(description, move |arns: &Set<String>| {
        let is_arn = |arn: &&String| {
            let parts: Vec<_> = arn.split(':').collect();
            let fixed = matches!(parts[..], ["arn", _, "lambda", _, _, "function", _]);
            fixed && !parts.contains(&"")
        };
        match arns.0.iter().find(|arn| !is_arn(arn)) {
            Some(arn) => Err(format!("has {arn:?}, which is not of the form {form}")),
            None => Ok(()),
        }
    })
}
