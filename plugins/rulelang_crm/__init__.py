"""What every customer file holds, whatever the trade, and checks of Chinese numbers.

``use crm`` in a rule file brings in the fields and choices of ``vocabulary.rules``. Its functions check identity
numbers, unified social credit codes, mobile numbers and e-mail addresses; the shipped cross-industry rulesets use them.
"""

from pathlib import Path

from rulelang import Function, Parameter, Plugin
from rulelang.vocabulary.types import Date, Text, YesNo
from rulelang_crm.numbers import email_valid, id_birth_date, id_number_valid, mobile_valid, social_credit_valid

__all__ = ["plugin"]

_NUMBER = (Parameter("number", Text(), "号码"),)

plugin = Plugin(
    name="crm",
    label="客户档案",
    version="1.0",
    folder=Path(__file__).parent,
    summary="Vocabulary of customer files, checks of Chinese identity numbers, credit codes and phone numbers",
    summary_label="客户档案通用词汇，身份证号、统一社会信用代码、手机号等校验",
    functions=(
        Function(
            name="id_number_valid",
            label="身份证号有效",
            parameters=_NUMBER,
            result=YesNo(),
            call=id_number_valid,
            note="Whether a Chinese identity number has a real birth date and the right check character (GB 11643)",
            note_label="居民身份证号的出生日期是否存在、校验码是否正确（GB 11643）",
        ),
        Function(
            name="id_birth_date",
            label="身份证出生日期",
            parameters=_NUMBER,
            result=Date(),
            call=id_birth_date,
            note="Birth date in a Chinese identity number; unknown where the number is not valid",
            note_label="居民身份证号中的出生日期，号码无效时未知",
        ),
        Function(
            name="social_credit_valid",
            label="信用代码有效",
            parameters=_NUMBER,
            result=YesNo(),
            call=social_credit_valid,
            note="Whether a unified social credit code has the right check character (GB 32100)",
            note_label="统一社会信用代码的校验码是否正确（GB 32100）",
        ),
        Function(
            name="mobile_valid",
            label="手机号有效",
            parameters=_NUMBER,
            result=YesNo(),
            call=mobile_valid,
            note="Whether it is a mobile number of the Chinese mainland, with or without +86",
            note_label="是否为中国大陆手机号，可带+86",
        ),
        Function(
            name="email_valid",
            label="邮箱有效",
            parameters=(Parameter("address", Text(), "地址"),),
            result=YesNo(),
            call=email_valid,
            note="Whether it looks like an e-mail address: one @ with a domain after it",
            note_label="是否像邮箱地址：一个@，后面是域名",
        ),
    ),
)
