//! Markdown for terminals: tables in columns, code indented, headings bold.
//! Only what our own pages contain.

/// Bold on, bold off; empty where the terminal has none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Before a heading.
    pub bold: &'static str,
    /// After it.
    pub off: &'static str,
}

impl Style {
    /// For a terminal that understands ANSI's sequences.
    pub const ANSI: Style = Style {
        bold: "\x1b[1m",
        off: "\x1b[0m",
    };
}

/// Columns of text.
const WIDTH: usize = 88;

/// The page as text.
pub fn rendered(markdown: &str, style: Style) -> String {
    let mut text = String::new();
    let mut lines = markdown.lines().peekable();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            for code in lines.by_ref().take_while(|line| !line.starts_with("```")) {
                text += &format!("    {code}\n");
            }
        } else if line.starts_with('|') {
            let mut rows = vec![cells(line)];
            while let Some(row) = lines.next_if(|line| line.starts_with('|')) {
                rows.push(cells(row));
            }
            table(&rows, style, &mut text);
        } else if let Some(heading) = line.strip_prefix('#') {
            let heading = heading.trim_start_matches('#').trim();
            text += &format!("{}{}{}\n", style.bold, plain(heading), style.off);
        } else if line.starts_with("    ") {
            text += &format!("{line}\n");
        } else {
            text += &format!("{}\n", plain(line));
        }
    }
    text
}

/// Without the marks of code and of stress.
fn plain(line: &str) -> String {
    line.replace("**", "").replace('`', "")
}

fn cells(row: &str) -> Vec<String> {
    let row = row.trim().trim_start_matches('|').trim_end_matches('|');
    row.split(" | ")
        .map(|cell| plain(cell.trim().trim_matches('|').trim()))
        .collect()
}

fn table(rows: &[Vec<String>], style: Style, text: &mut String) {
    let rule = |row: &&Vec<String>| !row.iter().all(|cell| cell.contains("---"));
    let rows: Vec<&Vec<String>> = rows.iter().filter(rule).collect();
    let columns = rows.iter().map(|row| row.len()).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let indent: usize = 2 + widths
        .iter()
        .take(columns.saturating_sub(1))
        .map(|w| w + 2)
        .sum::<usize>();
    for (index, row) in rows.iter().enumerate() {
        if row.iter().all(String::is_empty) {
            continue;
        }
        let mut line = " ".to_owned();
        for (column, cell) in row.iter().enumerate() {
            if column + 1 == columns {
                let room = WIDTH.saturating_sub(indent).max(30);
                let lines = wrapped(cell, room);
                line += &format!(" {}", lines.join(&format!("\n{}", " ".repeat(indent))));
            } else {
                line += &format!(" {cell:width$} ", width = widths[column]);
            }
        }
        let line = line.trim_end();
        match index {
            0 => *text += &format!("{}{line}{}\n", style.bold, style.off),
            _ => *text += &format!("{line}\n"),
        }
    }
}

fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let fits = |line: &String| {
            line.is_empty() || line.chars().count() + 1 + word.chars().count() <= width
        };
        match lines.last_mut().filter(|line| fits(line)) {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => *line += &format!(" {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_become_columns_and_code_is_indented() {
        let markdown =
            "# `a`\n\ntext `b`\n\n| x | y |\n| --- | --- |\n| 10 | `c` |\n\n```text\nd\n```\n";
        assert_eq!(
            rendered(markdown, Style::default()),
            "a\n\ntext b\n\n  x   y\n  10  c\n\n    d\n"
        );
    }
}
