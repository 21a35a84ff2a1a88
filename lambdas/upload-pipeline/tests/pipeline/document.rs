//! `docs/problems.md` says what the code does.

use std::fs;
use std::path::Path;

use function_kit::ProblemType;
use serde_json::Value;

fn file(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    fs::read_to_string(root.join(path)).unwrap()
}

#[test]
fn every_type_of_problem_is_explained_with_an_example() {
    let page = file("docs/problems.md");
    let sections: Vec<_> = page.split("\n## ").skip(1).collect();
    assert_eq!(sections.len(), ProblemType::ALL.len());
    for (section, kind) in sections.iter().zip(ProblemType::ALL) {
        let (name, text) = section.split_once('\n').unwrap();
        assert_eq!(name, kind.name);
        assert!(text.contains("\nDo: "), "{name} does not say what to do");
        let example = text
            .split("```")
            .nth(1)
            .and_then(|it| it.strip_prefix("json"));
        let example: Value = serde_json::from_str(example.unwrap()).unwrap();
        let members = ["type", "title", "status"].map(|member| example[member].clone());
        let expected: [Value; 3] = [
            kind.urn().into(),
            kind.title.into(),
            kind.status.as_u16().into(),
        ];
        assert_eq!(members, expected, "{name}");
    }
}
