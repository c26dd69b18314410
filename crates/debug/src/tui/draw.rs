//! Drawing.

use super::view::View;
use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Paragraph};

/// What the keys do.
const KEYS: &str = " c continue  n next  s into  o out  i operator  w next call  \
                    b breakpoint  : command  q quit ";
const KEYS_BACK: &str = " c continue  n next  s into  o out  i operator  w next call  \
                         C N S O I back  b breakpoint  : command  q quit ";

/// Draws everything.
pub(super) fn screen(frame: &mut Frame<'_>, view: &View, typed: Option<&str>, scrolled: i64) {
    use Constraint::{Fill, Length, Percentage};
    let [top, main, bottom] = Layout::vertical([Length(1), Fill(1), Length(1)]).areas(frame.area());
    let [left, right] = Layout::horizontal([Percentage(58), Fill(1)]).areas(main);
    let [code, memory, output] = Layout::vertical([Fill(3), Length(12), Fill(1)]).areas(left);
    let [source, operators] = Layout::horizontal([Percentage(64), Fill(1)]).areas(code);
    let [stack, goroutines, locals, calls] =
        Layout::vertical([Fill(3), Fill(2), Fill(3), Fill(2)]).areas(right);

    let bar = Style::new().add_modifier(Modifier::REVERSED);
    let status = match &view.next_call {
        Some(call) => format!(" {}   next: {call}", view.status),
        None => format!(" {}", view.status),
    };
    frame.render_widget(Paragraph::new(status).style(bar), top);
    let keys = if view.is_live { KEYS } else { KEYS_BACK };
    let below = match typed {
        Some(typed) => format!(":{typed}▏"),
        None => keys.to_owned(),
    };
    frame.render_widget(Paragraph::new(below).style(bar), bottom);

    draw_source(frame, source, view, scrolled);
    draw_operators(frame, operators, view);
    pane(frame, stack, "Stack", &view.frames, Some(0));
    pane(frame, goroutines, "Goroutines", &view.goroutines, Some(0));
    pane(
        frame,
        locals,
        "Locals and operand stack",
        &view.locals,
        None,
    );
    tail(frame, calls, "Calls of WASI", &view.calls);
    tail(frame, output, "Output", &view.output);
    pane(frame, memory, "Memory", &view.memory, None);
}

fn draw_source(frame: &mut Frame<'_>, area: Rect, view: &View, scrolled: i64) {
    let title = match view.file.is_empty() {
        true => "Source".to_owned(),
        false => crate::source::shown(&view.file).to_owned(),
    };
    let rows = usize::from(area.height.saturating_sub(2));
    let middle = (i64::from(view.line) + scrolled).max(1) as usize;
    let first = middle.saturating_sub(1 + rows / 2);
    let lines = view.lines.iter().enumerate().skip(first).take(rows);
    let lines = lines.map(|(index, text)| {
        let number = index as u32 + 1;
        let mark = if view.breakpoints.contains(&number) {
            "●"
        } else {
            " "
        };
        let is_current = number == view.line;
        let arrow = if is_current { "→" } else { " " };
        let style = match (is_current, index + 1 == middle && scrolled != 0) {
            (true, _) => Style::new().add_modifier(Modifier::BOLD).fg(Color::Yellow),
            (_, true) => Style::new().add_modifier(Modifier::UNDERLINED),
            _ => Style::new(),
        };
        Line::from(vec![
            Span::styled(mark, Style::new().fg(Color::Red)),
            Span::styled(format!("{arrow}{number:>4} {text}"), style),
        ])
    });
    let mut lines = Vec::from_iter(lines);
    if lines.is_empty() {
        lines.push(Line::from("no source is known, or it cannot be read here"));
    }
    frame.render_widget(
        Paragraph::new(lines).block(Block::bordered().title(title)),
        area,
    );
}

fn draw_operators(frame: &mut Frame<'_>, area: Rect, view: &View) {
    let rows = usize::from(area.height.saturating_sub(2));
    let first = view.operator.saturating_sub(rows / 2);
    let lines = view.operators.iter().enumerate().skip(first).take(rows);
    let lines = lines.map(|(index, (offset, text))| {
        let is_next = index == view.operator;
        let arrow = if is_next { "→" } else { " " };
        let line = Line::from(format!("{arrow}{offset:#x} {text}"));
        match is_next {
            true => line.style(Style::new().add_modifier(Modifier::BOLD).fg(Color::Yellow)),
            false => line,
        }
    });
    let block = Block::bordered().title("Operators");
    frame.render_widget(Paragraph::new(Vec::from_iter(lines)).block(block), area);
}

/// A list; one of it is bold.
fn pane(frame: &mut Frame<'_>, area: Rect, title: &str, list: &[String], bold: Option<usize>) {
    let lines = list.iter().enumerate().map(|(index, text)| {
        let line = Line::from(text.as_str());
        match Some(index) == bold {
            true => line.style(Style::new().add_modifier(Modifier::BOLD)),
            false => line,
        }
    });
    let block = Block::bordered().title(title.to_owned());
    frame.render_widget(Paragraph::new(Vec::from_iter(lines)).block(block), area);
}

/// The end of a list.
fn tail(frame: &mut Frame<'_>, area: Rect, title: &str, list: &[String]) {
    let end = match list.split_last() {
        // What follows the last line's end is nothing yet.
        Some((last, rest)) if last.is_empty() => rest,
        _ => list,
    };
    let rows = usize::from(area.height.saturating_sub(2));
    pane(
        frame,
        area,
        title,
        &end[end.len().saturating_sub(rows)..],
        None,
    );
}
