"""Time against n of one rule as an SVG: a panel a workload, a colour a form, fitted exponents in each panel."""

import math
from html import escape

from results import exponent, n_sweep

FORMS = {"reference": "#c8501e", "cpu": "#0868b0", "cuda-pairs": "#a0559a", "cuda": "#0f8a5f",
         "cuda-streamed": "#2a9fb8", "cuda-device-partition": "#8fb339", "cuda-host-partition": "#a07a00",
         "limit": "#777777"}
WIDTH, PANEL, HEIGHT, LEFT, TOP, GAP_X, GAP_Y, COLUMNS = 1180, 312, 290, 66, 62, 60, 66, 3
FLOOR_BYTES = 20  # a transaction in the ledger's columns


class Panel:
    def __init__(self, index, x_decades, y_decades):
        self.x0 = LEFT + index % COLUMNS * (PANEL + GAP_X)
        self.y0 = TOP + index // COLUMNS * (HEIGHT + GAP_Y)
        self.x_decades, self.y_decades = x_decades, y_decades

    def x(self, n):
        low, high = self.x_decades
        return self.x0 + PANEL * (math.log10(n) - low) / (high - low)

    def y(self, seconds):
        low, high = self.y_decades
        return self.y0 + HEIGHT * (high - math.log10(seconds)) / (high - low)


def text(x, y, what, size=12, anchor="start", colour="#222", weight="normal", turn=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{colour}" '
            f'font-weight="{weight}"{turn}>{what}</text>')


def power(decade):
    return f'10<tspan dy="-5" font-size="9">{decade}</tspan>'


def y_label(decade):
    return {-6: "1 µs", -3: "1 ms", 0: "1 s"}.get(decade, "")


def axes(panel, title):
    out = [f'<rect x="{panel.x0}" y="{panel.y0}" width="{PANEL}" height="{HEIGHT}" fill="#fff" stroke="#888"/>',
           text(panel.x0, panel.y0 - 8, escape(title), 14, weight="bold")]
    for decade in range(panel.x_decades[0], panel.x_decades[1] + 1):
        x = panel.x(10.0 ** decade)
        out.append(f'<line x1="{x:.1f}" y1="{panel.y0}" x2="{x:.1f}" y2="{panel.y0 + HEIGHT}" stroke="#e4e4e4"/>')
        out.append(text(x, panel.y0 + HEIGHT + 17, power(decade), anchor="middle"))
    for decade in range(panel.y_decades[0], panel.y_decades[1] + 1):
        y = panel.y(10.0 ** decade)
        out.append(f'<line x1="{panel.x0}" y1="{y:.1f}" x2="{panel.x0 + PANEL}" y2="{y:.1f}" '
                   f'stroke="{"#cfcfcf" if y_label(decade) else "#eeeeee"}"/>')
        out.append(text(panel.x0 - 6, y + 4, y_label(decade), anchor="end"))
    return out


def mark(kind, x, y, colour):
    if kind == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.4" fill="{colour}"/>'
    return f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6" fill="#fff" stroke="{colour}" stroke-width="1.5"/>'


def curve(points, colour, dash="", kind="circle"):
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dash = f' stroke-dasharray="{dash}"' if dash else ""
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"{dash}/>',
            *(mark(kind, x, y, colour) for x, y in points)]


def floor(panel, copy):
    """Reading the columns once at copy speed."""
    low = max(10.0 ** panel.x_decades[0], 10.0 ** panel.y_decades[0] * copy / FLOOR_BYTES)
    ends = [(panel.x(n), panel.y(n * FLOOR_BYTES / copy)) for n in (low, 10.0 ** panel.x_decades[1])]
    (x1, y1), (x2, y2) = ends
    return [f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#777" stroke-width="1.2" '
            f'stroke-dasharray="1 3"/>']


def exponents(panel, drawn):
    lines = {form: exponent((case.n, case.seconds) for case in group) for form, group in drawn.items()}
    known = [(form, slope) for form, slope in lines.items() if slope is not None]
    return [text(panel.x0 + 8, panel.y0 + 20 + 18 * i, f"{form}: n<tspan dy='-4' font-size='9'>{slope:.2f}</tspan>", 12,
                 colour=FORMS[form]) for i, (form, slope) in enumerate(known)]


def legend(y, forms, has_floor):
    out, x = [], LEFT
    for form in forms:
        out += [f'<line x1="{x}" y1="{y}" x2="{x + 26}" y2="{y}" stroke="{FORMS[form]}" stroke-width="3"/>',
                text(x + 32, y + 4, form)]
        x += 46 + 8 * len(form)
    if has_floor:
        out += [f'<line x1="{x}" y1="{y}" x2="{x + 36}" y2="{y}" stroke="#999" stroke-dasharray="1 3"/>',
                text(x + 42, y + 4, f"{FLOOR_BYTES} bytes a transaction at copy speed")]
    return out


def plot(rule, title, cases, machine):
    groups = {(workload, form): group for (workload, of, form), group in n_sweep(cases).items()
              if form in FORMS and (of == rule or (of == "sweep" and rule.startswith("count")))}
    workloads = list(dict.fromkeys(workload for workload, _ in groups))
    sizes = [case.n for group in groups.values() for case in group]
    times = [case.seconds for group in groups.values() for case in group]
    x_decades = (math.floor(math.log10(min(sizes))), max(math.ceil(math.log10(max(sizes))), math.floor(math.log10(min(sizes))) + 1))
    # Two decades of room above, for the exponents.
    y_decades = (math.floor(math.log10(min(times))), math.ceil(math.log10(max(times))) + 2)
    rows = (len(workloads) + COLUMNS - 1) // COLUMNS
    height = TOP + rows * (HEIGHT + GAP_Y) + 26
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
           f'font-family="DejaVu Sans, Helvetica, Arial, sans-serif">',
           f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
           text(LEFT, 24, f"{escape(title)}: time against the number of transactions n; exponents over the three largest n", 16)]
    copy = machine.get("copy/device") or machine.get("copy/host")
    for index, workload in enumerate(workloads):
        panel = Panel(index, x_decades, y_decades)
        out += axes(panel, workload)
        if copy:
            out += floor(panel, copy)
        drawn = {form: groups[workload, form] for form in FORMS if (workload, form) in groups}
        for form, group in drawn.items():
            out += curve([(panel.x(case.n), panel.y(case.seconds)) for case in group], FORMS[form],
                         "2 3" if form == "limit" else "")
        out += exponents(panel, drawn)
    out += legend(height - 22, [form for form in FORMS if any(key[1] == form for key in groups)], copy)
    return "\n".join([*out, "</svg>", ""])
