"""What an operator watches: `/metrics`, in numbers without a name (contract.md, Pages)."""
