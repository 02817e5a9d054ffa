"""stub"""
from monitor.sandbox.api import not_found_page
def answer(request, sandbox): return not_found_page()
