"""Time against the number of transactions of one question, an SVG: ringscan, and of each engine the best form as a whole
process (lines) and as a query in its own memory (dashes)."""

import math
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from plot import HEIGHT, LEFT, PANEL, TOP, Panel, axes, curve, text  # noqa: E402

COLOURS = {"ringscan": "#0868b0", "duckdb": "#c8501e", "polars": "#0f8a5f", "spark": "#a07a00", "pandas": "#a0559a",
           "cudf": "#444444"}


def figure(title, lines):
    """`lines`: {(engine, is_query): [(n, seconds)]}"""
    points = [point for line in lines.values() for point in line]
    decades = [range(math.floor(math.log10(min(v))), math.ceil(math.log10(max(v) * 1.01)) + 1) for v in zip(*points)]
    bounds = [(each[0], max(each[-1], each[0] + 1)) for each in decades]
    panel = Panel(0, *bounds)
    width, height = LEFT + PANEL + 190, TOP + HEIGHT + 50
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
           f'font-family="DejaVu Sans, Helvetica, Arial, sans-serif">', f'<rect width="{width}" height="{height}" fill="#fff"/>',
           text(LEFT, 24, "Seconds against transactions; dashes: the query alone, in memory"), *axes(panel, title)]
    for place, ((engine, is_query), line) in enumerate(sorted(lines.items())):
        dash = "5 4" if is_query else ""
        out += curve([(panel.x(n), panel.y(seconds)) for n, seconds in sorted(line)], COLOURS[engine], dash,
                     "square" if is_query else "circle")
        x, y = LEFT + PANEL + 14, TOP + 16 + 18 * place
        out.append(f'<line x1="{x}" y1="{y - 4}" x2="{x + 26}" y2="{y - 4}" stroke="{COLOURS[engine]}" stroke-width="3" '
                   f'stroke-dasharray="{dash}"/>')
        out.append(text(x + 32, y, engine + (", in memory" if is_query else "")))
    return "\n".join([*out, "</svg>", ""])
