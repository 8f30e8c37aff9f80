"""HTTP as the reading room speaks it: uvicorn's, with a sentence for who sends an address as no client should."""

from uvicorn.protocols.http.h11_impl import H11Protocol

NOT_HTTP = (
    "This is no HTTP request. Percent-encode what is not ASCII in an address: curl -G --data-urlencode 'q=TEXT' ADDRESS, "
    "or urllib.parse.quote.\n"
)


class Protocol(H11Protocol):
    """Says what a request with plain Chinese in its address lacks, in place of "Invalid HTTP request received"."""

    def send_400_response(self, msg: str) -> None:
        super().send_400_response(NOT_HTTP)
