"""What Schemathesis is told about this server beyond its document."""

import schemathesis

# Half of the numbers that are multiples of 0.01 have no binary form: 57 * 0.01 is sent as 0.5700000000000001, which is no
# amount of points. Rounded to the places that quantities have, a multiple is sent as what it is meant to be.
PLACES = 6


def rounded(value):
    if isinstance(value, float):
        return round(value, PLACES)
    if isinstance(value, dict):
        return {name: rounded(member) for name, member in value.items()}
    if isinstance(value, list):
        return [rounded(element) for element in value]
    return value


@schemathesis.hook
def map_case(context, case):
    if isinstance(case.body, (dict, list)):
        case.body = rounded(case.body)
    return case
