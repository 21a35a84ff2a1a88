//! Words, texts and marks of Rust source: enough to find the files that it includes, without a
//! compiler ("Tokens" in the Rust Reference).

/// A piece of source text. Comments, characters and white space are none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// An identifier, a keyword or a number.
    Word(&'a str),
    /// A string literal of any kind, without quotes and escapes.
    Text(String),
    /// Any other character.
    Mark(char),
}

/// Splits source text. Text that is not Rust gives some tokens, too.
pub(crate) fn tokens(source: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = source;
    std::iter::from_fn(move || {
        let (token, after) = token(skip_blank(rest))?;
        rest = after;
        Some(token)
    })
}

fn token(source: &str) -> Option<(Token<'_>, &str)> {
    let first = source.chars().next()?;
    if let Some((text, rest)) = literal(source) {
        return Some((Token::Text(text), rest));
    }
    if first == '\'' {
        return Some(match character(source) {
            // Where it stood, there is nothing to find.
            Some(rest) => (Token::Mark('\''), rest),
            None => (Token::Mark('\''), &source[1..]),
        });
    }
    let end = source.find(|letter: char| !letter.is_alphanumeric() && letter != '_');
    match source.split_at(end.unwrap_or(source.len())) {
        ("", _) => Some((Token::Mark(first), &source[first.len_utf8()..])),
        (word, rest) => Some((Token::Word(word), rest)),
    }
}

/// Skips white space and comments, which may be nested.
fn skip_blank(source: &str) -> &str {
    let mut rest = source.trim_start();
    loop {
        rest = if rest.starts_with("//") {
            rest.find('\n').map_or("", |end| &rest[end..])
        } else if rest.starts_with("/*") {
            skip_block(rest)
        } else {
            return rest;
        };
        rest = rest.trim_start();
    }
}

fn skip_block(source: &str) -> &str {
    let (mut rest, mut depth) = (source, 0_usize);
    loop {
        if let Some(after) = rest.strip_prefix("/*") {
            (rest, depth) = (after, depth + 1);
        } else if let Some(after) = rest.strip_prefix("*/") {
            (rest, depth) = (after, depth - 1);
        } else {
            let mut letters = rest.chars();
            if letters.next().is_none() {
                return "";
            }
            rest = letters.as_str();
        }
        if depth == 0 {
            return rest;
        }
    }
}

/// The text of a string literal at the beginning, and what follows it.
fn literal(source: &str) -> Option<(String, &str)> {
    let rest = source.strip_prefix(['b', 'c']).unwrap_or(source);
    let Some(raw) = rest.strip_prefix('r') else {
        return escaped(rest.strip_prefix('"')?);
    };
    let text = raw.trim_start_matches('#');
    let end = "\"".to_owned() + &raw[..raw.len() - text.len()];
    let (text, rest) = text.strip_prefix('"')?.split_once(&end)?;
    Some((text.to_owned(), rest))
}

/// Reads to the closing quote. Of the escapes, those are resolved that a path may have.
fn escaped(source: &str) -> Option<(String, &str)> {
    let (mut text, mut letters) = (String::new(), source.chars());
    loop {
        match letters.next()? {
            '"' => return Some((text, letters.as_str())),
            '\\' => match letters.next()? {
                // A line that continues on the next.
                '\n' => letters = letters.as_str().trim_start().chars(),
                letter @ ('\\' | '"' | '\'') => text.push(letter),
                other => text.extend(['\\', other]),
            },
            letter => text.push(letter),
        }
    }
}

/// What follows a character literal; `None` for a lifetime.
fn character(source: &str) -> Option<&str> {
    let mut letters = source.chars();
    letters.next();
    if letters.next()? == '\\' {
        letters.next()?;
        let rest = letters.as_str();
        return rest.find('\'').map(|end| &rest[end + 1..]);
    }
    letters.as_str().strip_prefix('\'')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tells_texts_from_comments_characters_and_lifetimes() {
        let source = "/* \"no\" /* x */ \"no\" */ 'a' '\"' '\\'' &'static x \"a\\\"b\" // \"no\"\n r##\"raw\"# \"## b\"bytes\" br\"\\n\" \"con\\\n   tinued\"";
        let texts: Vec<_> = tokens(source)
            .filter_map(|token| match token {
                Token::Text(text) => Some(text),
                _ => None,
            })
            .collect();
        assert_eq!(texts, ["a\"b", "raw\"# ", "bytes", "\\n", "continued"]);
    }

    proptest! {
        #[test]
        fn splits_any_text(source in "([\"'#r/*b\\\\ \n]|.){0,60}") {
            let mut letters = 0;
            for token in tokens(&source) {
                letters += match token {
                    Token::Word(word) => word.len(),
                    Token::Text(text) => text.len(),
                    Token::Mark(mark) => mark.len_utf8(),
                };
            }
            prop_assert!(letters <= source.len());
        }
    }
}
