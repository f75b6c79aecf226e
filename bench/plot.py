#!/usr/bin/env python3
"""plot.py FIGURES SVG -- the figures as bars of their ratios with the quartiles, and as time over size; and, on standard
output, as the tables of bench/README.md"""
import sys
from html import escape

TITLES = {
    "one": "One host: wall time as a ratio to caembed",
    "many": "Own leaves: wall time as a ratio to the first",
    "delay": "Own leaves, 100 ms of round trip: ratio to the first",
    "roots": "Hosts of distinct roots: seconds",
    "lengths": "A straight chain, by its length: seconds",
    "mesh": "A mesh of CAs, by their number: seconds",
}
LINES = ("roots", "lengths", "mesh")
WIDTH, LEFT, BAR = 720, 260, 20


def read(path):
    with open(path, encoding="utf-8") as file:
        rows = [line.split("\t") for line in file.read().splitlines()]
    return [(r[0], r[1], r[2], int(r[3]), *(float(word) for word in r[4:])) for r in rows]


def text(x, y, words, extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" {extra}>{escape(words)}</text>'


def bars(rows, top):
    out, y = [], top
    scale = (WIDTH - LEFT - 60) / max(r[8] for r in rows)
    for _, case, name, _, _, _, ratio, low, high in rows:
        middle = y + BAR / 2
        out.append(text(LEFT - 8, middle + 4, f"{case}: {name}", 'text-anchor="end"'))
        out.append(f'<rect x="{LEFT}" y="{y + 3}" width="{ratio * scale:.1f}" height="{BAR - 6}" fill="#4a7ab5"/>')
        out.append(f'<path d="M{LEFT + low * scale:.1f} {middle}H{LEFT + high * scale:.1f}" stroke="#000"/>')
        out.append(text(LEFT + high * scale + 6, middle + 4, f"{ratio:.2f}"))
        y += BAR
    return out, y


def curve(rows, top):
    height, bottom = 120, top + 130
    points = sorted((float(r[1]), r[4]) for r in rows)
    right, most = points[-1][0], max(y for _, y in points)
    at = [(LEFT + (WIDTH - LEFT - 60) * x / right, bottom - height * y / most) for x, y in points]
    out = [f'<path d="M{LEFT} {bottom - height}V{bottom}H{WIDTH - 40}" fill="none" stroke="#888"/>']
    out.append('<polyline fill="none" stroke="#4a7ab5" stroke-width="2" points="' + " ".join(f"{x:.1f},{y:.1f}" for x, y in at) + '"/>')
    for (x, y), (size, seconds) in zip(at, points):
        out.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#4a7ab5"/>')
        out.append(text(x, y - 7, f"{seconds:.3g}", 'text-anchor="middle"'))
        out.append(text(x, bottom + 15, f"{size:g}", 'text-anchor="middle"'))
    return out, bottom + 20


def plot(rows):
    out, y = [], 10
    for which, title in TITLES.items():
        mine = [r for r in rows if r[0] == which]
        if not mine:
            continue
        out.append(text(10, y + 18, title, 'font-weight="bold"'))
        more, y = (curve if which in LINES else bars)(mine, y + 28)
        out += more
        y += 14
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" font-family="sans-serif" font-size="12">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{y}" fill="#fff"/>', *out, "</svg>"]) + "\n"


def tables(rows):
    for which, title in TITLES.items():
        mine = [r for r in rows if r[0] == which]
        if not mine:
            continue
        print(f"### {title}\n\n| case | command | runs | wall, s | CPU, s | ratio | quartiles |\n|---|---|---|---|---|---|---|")
        for _, case, name, runs, wall, cpu, ratio, low, high in mine:
            print(f"| {case} | {name} | {runs} | {wall:.4f} | {cpu:.4f} | {ratio:.2f} | {low:.2f} to {high:.2f} |")
        print()


if len(sys.argv) != 3:
    sys.exit("usage: plot.py FIGURES SVG")
figures = read(sys.argv[1])
with open(sys.argv[2], "w", encoding="utf-8") as svg:
    svg.write(plot(figures))
tables(figures)
