# Run by CPython in Fossor: exceptions of Python and of C++, and libraries in C.
import json, re, sqlite3, sys
import numpy as np
from contourpy import contour_generator


def deep(n):
    if n == 0:
        raise KeyError("at the bottom")
    return deep(n - 1)


try:
    deep(200)
except KeyError as error:
    print("python:", error)

# contourpy is C++: what it throws crosses frames of C++ and becomes Python's.
caught = []
for name in ("serial", "threaded", "mpl2005", "mpl2014") * 25:
    try:
        contour_generator(z=np.zeros((3, 3)), name=name).filled(2.0, 1.0)
    except ValueError as error:
        caught.append(str(error))
print("c++:", len(caught), "times", *set(caught))

a = np.array([[2.0, 1.0], [1.0, 3.0]])
print("numpy:", np.arange(10).mean(), np.linalg.det(a).round(6))
rows = sqlite3.connect(":memory:").execute("select sum(x) from (select 1 x union select 41)")
print("sqlite:", rows.fetchall(), "json:", json.dumps({"a": re.findall(r"\d+", "1 and 22")}))
print("this is", sys.version.split()[0], "on", sys.platform)
sys.exit(7)
