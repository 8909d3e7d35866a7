"""The register of companies (事業者の登録): who they are, what interests them, whom notices go to."""

from services.intake.domain.company.decider import COMPANY, Company, Standing

__all__ = ["COMPANY", "Company", "Standing"]
