//! Plots as SVG: bars of ratios, and lines of time against size.

use super::report::{Report, Row};
use crate::error::Error;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::fmt::Display;

/// Colours of the engines, in their order; the first is the interpreter's own.
const COLOURS: [RGBColor; 6] = [
    RGBColor(0x2a, 0x6f, 0xb0),
    RGBColor(0xd9, 0x6c, 0x2c),
    RGBColor(0x6a, 0x9a, 0x3b),
    RGBColor(0x8c, 0x5f, 0xa8),
    RGBColor(0xb5, 0x4a, 0x6c),
    RGBColor(0x80, 0x80, 0x80),
];
const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);
const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);
const FONT: &str = "sans-serif";
const WIDTH: u32 = 860;

type Canvas<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The plot of a report.
pub fn draw(report: &Report) -> Result<String, Error> {
    let mut text = String::new();
    match report.rows.iter().any(|row| row.size.is_some()) {
        true => lines(report, &mut text)?,
        false => bars(report, &mut text)?,
    }
    Ok(text)
}

fn failed(error: impl Display) -> Error {
    Error::message(format!("the plot cannot be drawn: {error}"))
}

/// A string on the canvas.
fn label(
    canvas: &Canvas<'_>,
    text: &str,
    at: (i32, i32),
    size: i32,
    hpos: HPos,
) -> Result<(), Error> {
    let style = (FONT, size).into_font().color(&INK);
    let style = style.pos(Pos::new(hpos, VPos::Center));
    canvas.draw_text(text, &style, at).map_err(failed)
}

/// Height of a bar, and of the space around the bars of a program.
const BAR: i32 = 11;
const GAP: i32 = 9;
const LEFT: i32 = 150;
const RIGHT: i32 = WIDTH as i32 - 70;

/// For each program a bar for each engine: its time relative to the
/// interpreter's, on a logarithmic scale.
fn bars(report: &Report, text: &mut String) -> Result<(), Error> {
    let peers = report.engines.len() - 1;
    let rows = report.rows.len() as i32 + 1;
    let block = peers as i32 * BAR + GAP;
    let top = 64;
    let height = top + rows * block + 34;
    let canvas = SVGBackend::with_string(text, (WIDTH, height as u32)).into_drawing_area();
    canvas.fill(&WHITE).map_err(failed)?;

    let ratios = report.rows.iter().flat_map(|row| &row.results);
    let ratios: Vec<f64> = ratios.filter_map(|result| result.ratio).collect();
    let low = ratios.iter().copied().fold(0.8, f64::min).ln();
    let high = ratios.iter().copied().fold(2.0, f64::max).ln();
    let x =
        |ratio: f64| LEFT + ((ratio.ln() - low) / (high - low) * f64::from(RIGHT - LEFT)) as i32;

    let subject = &report.engines[0].0;
    let title = format!(
        "{}: time of each engine relative to {subject}'s",
        report.group.title()
    );
    label(&canvas, &title, (16, 20), 17, HPos::Left)?;
    let mut at = LEFT;
    for (peer, (name, version)) in report.engines.iter().enumerate().skip(1) {
        let colour = COLOURS[peer % COLOURS.len()].filled();
        let square = Rectangle::new([(at, 36), (at + 10, 46)], colour);
        canvas.draw(&square).map_err(failed)?;
        let name = format!("{name} {version}");
        label(&canvas, &name, (at + 15, 42), 12, HPos::Left)?;
        at += 30 + 7 * name.len() as i32;
    }
    let ticks: [f64; 12] = [
        0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0,
    ];
    for tick in ticks {
        if tick.ln() < low || tick.ln() > high {
            continue;
        }
        let colour = if tick == 1.0 { INK } else { GRID };
        let line = PathElement::new([(x(tick), top - 6), (x(tick), height - 28)], colour);
        canvas.draw(&line).map_err(failed)?;
        label(
            &canvas,
            &format!("×{tick}"),
            (x(tick), height - 16),
            12,
            HPos::Center,
        )?;
    }
    let means = (1..=peers).map(|peer| Some(report.mean(peer).0)).collect();
    let programs = report.rows.iter().map(|row| {
        let ratios = row.results.iter().skip(1).map(|result| result.ratio);
        (row.program.as_str(), ratios.collect::<Vec<_>>())
    });
    for (index, (name, ratios)) in programs.chain([("geometric mean", means)]).enumerate() {
        let y = top + index as i32 * block;
        label(
            &canvas,
            name,
            (LEFT - 10, y + (block - GAP) / 2),
            13,
            HPos::Right,
        )?;
        for (peer, ratio) in ratios.into_iter().enumerate() {
            let y = y + peer as i32 * BAR;
            let Some(ratio) = ratio else {
                label(
                    &canvas,
                    "does not run it",
                    (x(1.0) + 6, y + 5),
                    10,
                    HPos::Left,
                )?;
                continue;
            };
            let colour = COLOURS[(peer + 1) % COLOURS.len()].filled();
            let (from, to) = (x(1.0).min(x(ratio)), x(1.0).max(x(ratio)));
            let bar = Rectangle::new([(from, y), (to.max(from + 1), y + BAR - 2)], colour);
            canvas.draw(&bar).map_err(failed)?;
            label(
                &canvas,
                &format!("{ratio:.2}"),
                (to + 5, y + BAR / 2),
                11,
                HPos::Left,
            )?;
        }
    }
    canvas.present().map_err(failed)
}

/// One plot for each unit: time against size, a line for each engine.
fn lines(report: &Report, text: &mut String) -> Result<(), Error> {
    let mut units: Vec<(&str, Vec<&Row>)> = Vec::new();
    for row in &report.rows {
        let unit = row
            .program
            .trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
        match units.iter_mut().find(|known| known.0 == unit) {
            Some(known) => known.1.push(row),
            None => units.push((unit, vec![row])),
        }
    }
    let height = 300 * units.len() as u32;
    let canvas = SVGBackend::with_string(text, (WIDTH, height)).into_drawing_area();
    canvas.fill(&WHITE).map_err(failed)?;
    for (area, (unit, rows)) in canvas.split_evenly((units.len(), 1)).iter().zip(units) {
        let points = |engine: usize| {
            let points = rows
                .iter()
                .filter_map(move |row| Some((row.size?, row.results.get(engine)?.cpu? * 1e3)));
            points.collect::<Vec<_>>()
        };
        let all: Vec<_> = (0..report.engines.len()).flat_map(points).collect();
        let right = all.iter().map(|point| point.0).fold(1.0, f64::max) * 1.04;
        let top = all.iter().map(|point| point.1).fold(1.0, f64::max) * 1.1;
        let mut chart = ChartBuilder::on(area)
            .caption(
                format!("{}: {unit}", report.group.title()),
                (FONT, 17, &INK),
            )
            .margin(14)
            .x_label_area_size(36)
            .y_label_area_size(56)
            .build_cartesian_2d(0.0..right, 0.0..top)
            .map_err(failed)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(INK)
            .x_desc(unit)
            .y_desc("ms of CPU, whole process")
            .label_style((FONT, 12, &INK))
            .draw()
            .map_err(failed)?;
        for (at, (name, version)) in report.engines.iter().enumerate() {
            let colour = COLOURS[at % COLOURS.len()];
            let line = LineSeries::new(points(at), colour.stroke_width(2)).point_size(3);
            chart
                .draw_series(line)
                .map_err(failed)?
                .label(format!("{name} {version}"))
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2))
                });
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE)
            .label_font((FONT, 12, &INK))
            .draw()
            .map_err(failed)?;
    }
    canvas.present().map_err(failed)
}
