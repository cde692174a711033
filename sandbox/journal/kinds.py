"""What can happen: every kind of journal record and what its columns mean.

A record has ten columns, all integers: ``seq`` (row number, the total order), ``time`` (whole seconds
since the scenario's start), ``kind``, ``reason`` (a :class:`sandbox.lifecycle.Reason` or a
:class:`Purpose` code, 0 for none), ``payment`` (order number, -1 for none), ``actor``, ``subject``,
``object`` (entity, account, state, asset or rail codes, as the kind says), ``amount`` and ``extra``.

``entity`` below means an id given by :meth:`Journal.entity` (a name that stands once in the dictionary);
``account`` an id given by the books; ``state`` a life-cycle state code; ``asset`` an Asset code; ``rail``
is an entity named ``rail/usdt`` and the like; ``chain`` an entity named ``chain/evm`` and the like.
"""

from enum import IntEnum

from sandbox.codes import quick


class Kind(IntEnum):
    """Codes are part of the journal's format: never renumber, only append."""

    # -- payments ---------------------------------------------------------------------------------
    #: payment, actor=importer, subject=beneficiary, object=contract, amount=invoice USD cents, extra=due
    #: second (-1: none)
    CREATED = 1
    #: payment, actor=who decided, subject=state left, object=state entered, reason, amount=attempt (1..),
    #: extra=rail entity (-1: none yet)
    MOVED = 2
    #: payment, actor=importer, subject=worth of the whole choice in 1/10,000 of a percentage point of the value
    #: (logsum), object=rail, amount=bit mask of the lawful, accepted, onboarded rails, and from bit 32 on of those
    #: among them that serve (quoted to fail at most once in ten, to cost at most 3%), extra=attempt
    CHOSE_RAIL = 3
    # -- money: bank money and chain assets alike --------------------------------------------------
    #: payment (-1: none), actor=book keeper, subject=debit account, object=credit account, reason=Purpose,
    #: amount minor units > 0, extra=entry number (legs with one number are one entry)
    POSTED = 10
    #: payment, subject=account, amount, extra=hold number
    RESERVED = 11
    #: payment, subject=account, amount=part delivered (its POSTED rows carry the entry), extra=hold number;
    #: the rest is released
    HOLD_POSTED = 12
    #: payment, subject=account, amount=released, extra=hold number
    HOLD_VOIDED = 13
    #: payment, subject=account, amount=released, extra=hold number
    HOLD_EXPIRED = 14
    #: payment, actor=provider, subject=asset sold to the client, object=asset paid, amount=price: minor units
    #: paid x 10**8 for one minor unit sold, extra=valid until second
    QUOTED = 15
    #: payment, actor=provider, subject=asset sold, object=asset paid, amount=minor units sold, extra=minor
    #: units paid at the quote (before fees); the same entry's POSTED rows carry both legs
    CONVERTED = 16
    #: payment, actor=who charges, subject=asset, reason=Purpose, amount=charge promised on the receipt; must
    #: equal the POSTED rows of that payment, purpose and asset
    ITEMISED = 17
    # -- authority --------------------------------------------------------------------------------
    AUTHORISED = (
        20  #: payment, actor=regulator, object=rail, amount=order hash (63 bits), extra=expires at second
    )
    #: payment, actor=who refuses, reason
    REFUSED = 21
    #: payment, actor=bank, object=rail, amount=order hash computed again at release, extra=authorisation's
    #: expiry
    CONSUMED = 22
    #: actor=regulator, subject=importer: a firm asks to join the regime
    APPLIED = 23
    #: actor=regulator, subject=importer, amount=wave number
    ADMITTED = 24
    #: actor=regulator, subject=importer
    ADMISSION_REFUSED = 25
    #: actor=regulator, subject=importer, extra=breach for which (0: a decision from outside supervision)
    REVOKED = 26
    #: payment, actor=regulator, subject=importer whose own cap it is (-1: of all), object=entity of the goods
    #: category whose cap it is (-1: of all), amount=USD cents used in the month after this order, extra=limit
    #: in USD cents (-1: none)
    QUOTA_USED = 27
    #: actor=focus group's operator, subject=importer, amount=wave number, extra=place on the list of those named
    NOMINATED = 28
    #: actor=agency, subject=importer that applies, amount=working seconds, extra=seconds since the agencies
    #: were asked
    AGENCY_AGREED = 29
    # -- desks ------------------------------------------------------------------------------------
    #: payment (or -1), actor=desk, subject=importer (for firm applications, else -1), extra=waiting before
    #: this one
    DESK_ENTERED = 30
    DESK_STARTED = (
        31  #: payment, actor=desk, subject as above, amount=working seconds of service, extra=seconds waited
    )
    DESK_FINISHED = (
        32  #: payment, actor=desk, subject as above, extra=seconds from start to finish on the clock
    )
    #: payment, actor=bank, amount=1 alert / 0 clear, extra=1 if the payment is truly prohibited (known to the
    #: laboratory only)
    SCREENED = 33
    ALERT_DECIDED = (
        34  #: payment, actor=desk, amount=0 cleared / 1 confirmed / 2 escalated, extra=as in SCREENED
    )
    #: actor=desk, amount=servers (-1: unlimited), extra=servers before; once at the start and at every change
    DESK_OPENED = 35
    # -- chains -----------------------------------------------------------------------------------
    #: payment, actor=sender entity, subject=chain, object=recipient account, amount=asset units,
    #: extra=transaction number on that chain (index into its transaction table)
    BROADCAST = 40
    #: payment, actor=chain, subject=1 success / 0 reverted, amount=block height, object=index in the block,
    #: extra=transaction number
    INCLUDED = 41
    #: payment, actor=chain, amount=block height of inclusion, object=confirmations waited for,
    #: extra=transaction number
    FINAL = 42
    #: payment, actor=chain, amount=height it was included at, object=depth of the reorganisation,
    #: extra=transaction number
    REORGED = 43
    #: actor=chain, amount=height, object=number of transactions
    BLOCK = 44
    #: actor=chain, amount=height of the last common block, object=depth
    REORG = 45
    #: payment, actor=platform operator (digital ruble), amount=order number on the platform: its own proof of
    #: settlement
    RECEIPT = 46
    #: payment, actor=chain, extra=transaction number: can never be included any more
    CONFLICTED = 47
    # -- issuer and operator ----------------------------------------------------------------------
    #: actor=issuer, subject=account (on-chain accounts only), reason
    FROZEN = 50
    #: actor=issuer, subject=account
    UNFROZEN = 51
    #: actor=operator, subject=account, object=client entity
    WALLET_OPENED = 52
    #: actor=issuer
    PAUSED = 53
    #: actor=issuer
    UNPAUSED = 54
    # -- the world --------------------------------------------------------------------------------
    WORLD = (
        60  #: actor=timeline event entity, amount=new value x 10**6 where it has one (0 otherwise); reason 0
    )
    #: subject=base asset, object=quote asset, amount=price of one whole base unit in whole quote units x 10**8
    PRICE = 61
    #: amount=pressure index x 10**6
    PRESSURE = 62
    #: payment in flight at the horizon, subject=state, amount=seconds since creation
    CENSORED = 63
    # -- supervision ------------------------------------------------------------------------------
    #: actor=regulator, subject=participant, amount=number of its reporting period, extra=second by which the
    #: report on it is due
    REPORT_DUE = 80
    #: actor and subject=participant, object=the regime it reports to (-1: the first), amount and extra as above
    REPORT_FILED = 81
    #: actor=regulator, subject=participant, amount=breach found (0 none, 1 late reports, 2 threat of
    #: laundering), extra=what it was sent for (0: routine)
    INSPECTED = 82
    #: actor=regulator, subject=participant, amount=breach, extra=second from which the admission may end
    NOTICE_GIVEN = 83
    #: actor=entity named after the gate (``gate/fail_rate_max``), subject=1 passed / 0 not, amount=value x 10**6
    #: (-1: nothing to measure), extra=threshold x 10**6
    GATE = 84
    #: actor=regulator, amount=1 the regime stays / 0 it is wound down, extra=second at which the wind-down ends
    #: (-1: it stays)
    REVIEWED = 85
    #: actor=regulator: nothing is released any more, and every admission has ended
    WOUND_DOWN = 86
    #: actor=regulator, subject=importer: found fit, and no place is free
    FOUND_FIT = 87
    # -- the end ----------------------------------------------------------------------------------
    #: the run's last record: amount=payments created, extra=records before this one
    HORIZON = 64
    #: actor=breaker, subject=asset, amount=1 dealers stop selling it / 0 they go on, extra=deviation from its
    #: peg x 10**6
    MARKET_HALT = 65
    #: actor=foreign authority, subject=bank, amount=the bank's caution after it x 10**6 (1: one fresh warning)
    WARNED = 66
    # -- goods and contracts ----------------------------------------------------------------------
    #: payment=the contract (its first order), actor=who moves them, subject=goods state left (0: none),
    #: object=goods state entered, reason=code of the terms, amount=seconds agreed from delivery to the due day,
    #: extra=due second once the goods are delivered (-1: none)
    GOODS = 70
    #: payment, actor=importer, subject=beneficiary, amount=penalty for late payment in US cents, extra=seconds
    #: late
    PENALTY = 71
    #: payment, actor=supplier, subject=1 owed / 2 arrived, object=rail it came over, amount=minor units that the
    #: supplier was credited with, extra=seconds since it was owed
    REFUND = 72
    #: payment, actor=bank, subject=importer, object=beneficiary, amount=roubles of the order in kopecks: the
    #: contract is registered for currency control
    REGISTERED = 73


class Purpose(IntEnum):
    """Why money moved; stands in ``reason`` of POSTED and ITEMISED rows."""

    #: opening balance, from the asset's issuer or the outside world
    OPENING = 1
    #: the payment itself
    PRINCIPAL = 2
    #: one side of a conversion, at the mid rate
    FX_LEG = 3
    #: dealer's or bank's margin on a conversion, incl. impact
    SPREAD = 4
    BANK_FEE = 5
    #: chain fee passed on
    NETWORK_FEE = 6
    AGENT_FEE = 7
    PLATFORM_FEE = 8
    CORRESPONDENT_FEE = 9
    OFFRAMP_FEE = 10
    #: remainder of a division
    ROUNDING = 11
    #: principal going back
    RETURN = 12
    #: loss on converting back
    RETURN_LOSS = 13
    #: new units
    ISSUE = 14
    #: units handed back
    REDEEM = 15
    #: frozen units destroyed
    DESTROY = 16
    #: inventory, nostro or wallet top-up
    FUNDING = 17
    #: compensating entry for a reorganised transfer
    REORG = 18
    #: what the beneficiary gets in its own currency
    PROCEEDS = 19
    #: written off
    LOSS = 20


#: Both as plain attributes, for those who write many records.
QuickKind = quick(Kind)
QuickPurpose = quick(Purpose)
