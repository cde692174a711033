"""What queueing theory says of waiting, in the time unit of its arguments."""

from math import factorial


def waiting_share(arrival_rate: float, service_mean: float, servers: int) -> float:
    """Probability of waiting in M/M/c (Erlang 1917)."""
    load = arrival_rate * service_mean
    top = load**servers / factorial(servers) * servers / (servers - load)
    return top / (sum(load**k / factorial(k) for k in range(servers)) + top)


def mean_wait(arrival_rate: float, service_mean: float, servers: int) -> float:
    """Mean wait in M/M/c."""
    share = waiting_share(arrival_rate, service_mean, servers)
    return share * service_mean / (servers - arrival_rate * service_mean)


def mean_wait_one_server(arrival_rate: float, service_mean: float, cv: float) -> float:
    """Mean wait in M/G/1 with services of this coefficient of variation (Pollaczek and Khinchine)."""
    load = arrival_rate * service_mean
    return load * service_mean * (1.0 + cv * cv) / (2.0 * (1.0 - load))


def mean_waits_by_class(rates: tuple[float, float], service_mean: float, servers: int) -> tuple[float, float]:
    """Mean waits of the first and the second class in M/M/c without pre-emption (Cobham 1954)."""
    first, both = (load * service_mean / servers for load in (rates[0], rates[0] + rates[1]))
    ahead = waiting_share(rates[0] + rates[1], service_mean, servers) * service_mean / servers
    return ahead / (1.0 - first), ahead / ((1.0 - first) * (1.0 - both))
