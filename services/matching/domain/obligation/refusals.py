"""What is said of an obligation where it cannot be so."""

from eventstore.errors import Refusal


class ObligationSettled(Refusal):
    """It was done, or is owed no more."""

    code = "obligation_settled"
    sentence = "この約束は、すでに果たされたか、なくなっています。"


class DueInThePast(Refusal):
    """What is promised is promised for a day to come, or for today."""

    code = "due_in_the_past"
    sentence = "約束の期日は、きょう以後の日にしてください。"


class FulfilledBeforeUndertaken(Refusal):
    """What was done before it was promised was not owed."""

    code = "fulfilled_before_undertaken"
    sentence = "約束を果たした日は、約束をした日以後の日にしてください。"


class SideUnfit(Refusal):
    """The city promises by one of its departments; support of the city's kinds is the city's to give."""

    code = "obligation_side_unfit"
    sentence = "市の約束には担当する部署を指定し、提案者の約束は種類を「その他」としてください。"
