"""The first place where two JSON documents differ, as a path with both values, or None.

Integers and floats are different things everywhere but in `share`, where 0 and 0.0 are the same double.
"""


def first_difference(found, wanted, path="$"):
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in sorted(set(found) | set(wanted)):
            if key not in found:
                return f"{path}.{key} is missing"
            if key not in wanted:
                return f"{path}.{key} is not expected"
            difference = first_difference(found[key], wanted[key], f"{path}.{key}")
            if difference:
                return difference
        return None
    if isinstance(found, list) and isinstance(wanted, list):
        for position, (left, right) in enumerate(zip(found, wanted)):
            difference = first_difference(left, right, f"{path}[{position}]")
            if difference:
                return difference
        if len(found) != len(wanted):
            return f"{path} has {len(found)} entries, wanted {len(wanted)}"
        return None
    is_number = isinstance(found, (int, float)) and isinstance(wanted, (int, float)) and path.endswith(".share")
    if found != wanted or type(found) is not type(wanted) and not is_number:
        return f"{path} is {found!r}, wanted {wanted!r}"
    return None
