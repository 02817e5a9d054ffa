"""What a robots.txt allows, by RFC 9309."""

import pytest

from monitor.http.robots import is_allowed, rules_for

AGENT = "registry-monitor/1.0 (watches clinical trials)"
PATH = "/api/int/studies/NCT91000001/history"


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /api/int", False),
        ("User-agent: *\nAllow: /\nDisallow: /api/int/", False),
        ("User-agent: *\nDisallow: /api\nAllow: /api/int/", True),
        ("User-agent: *\nDisallow: /api/int/\nAllow: /api/int/", True),
        ("User-agent: Registry-Monitor\nDisallow: /api\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: registry-monitor\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: other\nUser-agent: *\nDisallow: /api # all of it", False),
        ("User-agent: other\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /*/studies", False),
        ("User-agent: *\nDisallow: /*history$", False),
        ("User-agent: *\nDisallow: /*stud$", True),
        ("User-agent: *\nDisallow: /api$", True),
        ("User-agent: *\nCrawl-delay: 5\nSitemap: /x\nDisallow: /search", True),
        ("Disallow: /", True),
        ("<html>not found</html>", True),
    ],
)
def test_the_longest_rule_that_is_meant_for_us_decides(text: str, allowed: bool):
    assert is_allowed(PATH, rules_for(AGENT, text)) is allowed
