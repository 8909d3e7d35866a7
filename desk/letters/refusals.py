"""What is refused of letters, each with a code of its own."""

from eventstore.errors import Refusal


class LetterAlreadyComposed(Refusal):
    """A letter is composed once."""

    code = "letter_already_composed"
    sentence = "この文書はすでに作成されています。"


class LetterWithoutRemedies(Refusal):
    """An adverse letter tells how to appeal (行政不服審査法82条、行政事件訴訟法46条), or is none."""

    code = "letter_without_remedies"
    sentence = "不利益な内容の文書には、教示の文が必要です。"


class LetterTemplateUnknown(Refusal):
    """The pack in force has no template of this code."""

    code = "letter_template_unknown"
    sentence = "この文書のひな形が、運用ルールにありません。"


class LetterValuesUnfit(Refusal):
    """What is to be told does not fill the template's places exactly."""

    code = "letter_values_unfit"


class LetterAddressMissing(Refusal):
    """Nothing is known of where the letter should go by this means."""

    code = "letter_address_missing"


class LetterNotDue(Refusal):
    """What the letter would tell has not been decided, or does not hold any more."""

    code = "letter_not_due"


class LetterErased(Refusal):
    """The recipient's key was destroyed: there is nothing left to send."""

    code = "letter_erased"


class LetterNotToApprove(Refusal):
    """Only a composed letter is approved."""

    code = "letter_not_to_approve"
    sentence = "決裁を待っている文書ではありません。"


class LetterNotToSend(Refusal):
    """Only an approved letter is sent by mail."""

    code = "letter_not_to_send"
    sentence = "not an approved letter that goes by mail"


class LetterNotDispatched(Refusal):
    """Only a letter that was sent by mail bounces."""

    code = "letter_not_dispatched"
    sentence = "メールで送付済みの文書ではありません。"


class LetterNotForPost(Refusal):
    """Only an approved letter that goes by post is posted."""

    code = "letter_not_for_post"
    sentence = "郵送する決裁済みの文書ではありません。"


class PostedBeforeIssued(Refusal):
    """A letter is posted on its date or later."""

    code = "posted_before_issued"
    sentence = "郵送した日は、文書の日付以後の日にしてください。"


class LetterNotPosted(Refusal):
    """Only a posted letter comes back by post."""

    code = "letter_not_posted"
    sentence = "郵送済みの文書ではありません。"


class LetterNotToReaddress(Refusal):
    """A letter that is out or cancelled keeps its address; another one is composed."""

    code = "letter_not_to_readdress"
    sentence = "送付済みまたは取消済みの文書の宛先は変更できません。"


class LetterNotToCancel(Refusal):
    """A letter that is out cannot be called back."""

    code = "letter_not_to_cancel"
    sentence = "送付済みの文書は取り消せません。"


class LetterBeingSent(Refusal):
    """The letter is being handed to the mail server at this moment."""

    code = "letter_being_sent"
    sentence = "ちょうど送信しているところです。少し待ってから、もう一度操作してください。"


class LetterOvertaken(Refusal):
    """By today's record the letter would read otherwise, or go elsewhere, or not be written at all."""

    code = "letter_overtaken"
    sentence = "文書を作成した後に記録や宛先が変わっています。この文書を取り消し、新しい文書を作成してください。"


class DocumentNumberUsed(Refusal):
    """Another letter of the same service went out under this document number (文書番号).

    Whether another service's has it nobody asks here: the city's document management system gives the numbers out and
    stays their register, and each service finds its own alone, by an index under its own key.
    """

    code = "document_number_used"
    sentence = "この文書番号は、ほかの文書に使われています。文書番号をお確かめください。"


class LetterWithoutCode(Refusal):
    """The letter carries no one-time code."""

    code = "letter_without_code"
    sentence = "この文書に、一回限りの番号は付いていません。"


class CodeSpent(Refusal):
    """The code was used: what it allowed has happened."""

    code = "one_time_code_spent"
    sentence = "この番号は、すでに使われています。手続の内容をお確かめください。"


class CodeOnItsWay(Refusal):
    """The letter is about to go out with the code: it is cancelled, not robbed of what it tells."""

    code = "one_time_code_on_its_way"
    sentence = "これから送付する文書です。番号を使えなくするには、文書を取り消してください。"


class LetterFileAbsent(Refusal):
    """The letter was not approved yet, so that there is no file."""

    code = "letter_file_absent"
    sentence = "決裁前の文書には、まだ送付する文書（PDF）がありません。"


class OneTimeCodeUnknown(Refusal):
    """No code to be used: the same words whether it never was, is used or revoked, has expired, or is for another.

    What a company hears is for the service to say that takes the matter.
    """

    code = "one_time_code_unknown"
    sentence = "this code allows nothing"
