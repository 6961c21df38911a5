"""The standard form every product here is sold under, as consumers read it, and the hash that contracts know.

One short form to start with; a platform registers its own.
"""

from __future__ import annotations

from wallet.keccak import keccak256

TITLE = "预付式消费标准合同 (prepaid-consumption standard form) 1"

TEXT = """预付式消费标准合同(实验用)

一、预付款冻结在消费者本人的子钱包中，未经消费者签名，不付给商户。
二、每次消费按消费者签名的金额付给商户；签名只能用一次，过期作废。
三、消费者可以随时终止合同，余款当即退回；退款算法见产品条款。
四、商户停业、迁址或者不能履行的，按有利于消费者的算法退款。
五、本合同条款以链上登记的十二项产品条款为准。

Prepaid-consumption standard form (laboratory)

1. What is prepaid is frozen in the consumer's own sub-wallet; without the consumer's signature none of it
   goes to the merchant.
2. Each consumption moves what the consumer signed for; a signature works once and lapses.
3. The consumer may end the contract at any time, and the rest comes back at once, by the product's formula.
4. If the merchant stops, moves away or cannot perform, the formula that is better for the consumer applies.
5. The twelve product terms on the chain are the contract.
"""

HASH = keccak256(TEXT.encode())
"""What `Terms.form` holds."""
