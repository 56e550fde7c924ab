"""How people ask for a person, and what only sounds like it."""

# ruff: noqa: RUF001  (words of many alphabets)

import pytest

from bot.chat.commands.entries import Command
from bot.chat.commands.finding import find_command
from bot.chat.handoff.words import asks_for_person

ASKED = """
human|Human!|a human please|agent|Agent, please|operator|representative|real person
talk to a human|I want to talk to a human|I'd like to speak with a real person please
can I speak to someone?|Could I talk to an agent?|let me talk to a person
connect me to an agent|transfer me to a human|Hi, I need to speak to the manager
customer service|please get me a human|I want a human|can you connect me with a person
talk to a human being now|I need a person|live agent|I would like to chat with your team
put me through to a representative|may I speak with somebody from the team?
quiero hablar con una persona|Quisiera hablar con un asesor, por favor|humano|agente
puedo hablar con alguien?|¿Podría comunicarme con un agente?
necesito hablar con un humano|hola, quiero hablar con una persona real
pásame con un asesor|atención al cliente
quero falar com um atendente|falar com atendente|Posso falar com uma pessoa?|atendente
quero falar com uma pessoa de verdade|humano, por favor|gostaria de falar com alguém
Mensch|Menschen bitte|ich möchte mit einem Menschen sprechen|Mitarbeiter bitte
Kann ich mit einem Mitarbeiter sprechen?|ich will mit einem echten Menschen reden
mit jemandem sprechen|Könnte ich bitte mit einer Person sprechen|Kundenservice
Verbinden Sie mich mit einem Mitarbeiter|ich will einen Menschen
je veux parler à un humain|Je voudrais parler à quelqu'un|un humain s'il vous plaît
Puis-je parler à un conseiller ?|parler à une personne|conseiller|service client
j'aimerais parler avec une vraie personne|est-ce que je peux parler à quelqu'un
vorrei parlare con un operatore|Posso parlare con una persona?|operatore|umano
voglio parlare con una persona vera|parlare con qualcuno per favore
मुझे किसी इंसान से बात करनी है|इंसान से बात|एजेंट|mujhe insaan se baat karni hai
agent se baat karni hai|क्या मैं किसी व्यक्ति से बात कर सकता हूँ?
أريد التحدث مع شخص|أريد أن أتحدث مع موظف|موظف|خدمة العملاء|ممكن اكلم حد؟
عايز اكلم موظف|هل يمكنني التحدث إلى شخص حقيقي؟|التحدث مع إنسان
saya mau bicara dengan orang|mau bicara dengan manusia|bisa bicara dengan admin?
manusia|customer service|tolong sambungkan saya dengan operator
ik wil een medewerker spreken|Kan ik met een mens praten?|medewerker|mens graag
ik wil graag met iemand praten|kan ik iemand spreken?|klantenservice
оператор|хочу поговорить с человеком|转人工|人工客服|müşteri temsilcisi|/human|*/human*
"""
NOT_ASKED = """
are you human?|are you a human|Are you a person or a bot?|human?|is this a real person?
do you sell human hair|table for one person|person|3 people|how many people fit?
I talked to an agent yesterday|the agent was rude|my agent will call you|people
I want to speak Spanish|can I talk to you?|can you help me?|I need help
help|team|support|a person|una persona|uma pessoa|une personne
I am the manager|who is the owner?|do you have a manager|can I get a refund|hello
I need a person to install it in my garden next week on Tuesday morning, if possible, ok
eres humano?|eres una persona real?|¿humano?|para una persona|quiero hablar
persona mayor
quiero una mesa para dos personas|você é humano?|mesa para uma pessoa|quero um bolo
Bist du ein Mensch?|Sind Sie ein Mensch|für eine Person|ich möchte Kuchen|Menschenskind
êtes-vous humain ?|personne|pour une personne|je veux parler|quelqu'un est venu
sei umano?|per una persona|vorrei un caffè|ben je een mens?|voor een persoon
kamu manusia?|orang|untuk satu orang|क्या आप इंसान हैं?|هل أنت إنسان؟|لشخص واحد
admin|min|ok|no|yes|thanks|humane|humans of New York|/humans|agent orange
"""


def listed(messages: str) -> list[str]:
    lines = messages.strip().splitlines()
    return [message for line in lines for message in line.split("|")]


@pytest.mark.parametrize("message", listed(ASKED))
def test_who_asks_for_a_person_is_understood(message: str) -> None:
    assert find_command(message) is Command.HUMAN
    assert find_command(message, opted_out=True) is Command.HUMAN


@pytest.mark.parametrize("message", listed(NOT_ASKED))
def test_what_only_sounds_like_it_is_for_the_llm(message: str) -> None:
    assert find_command(message) is not Command.HUMAN


@pytest.mark.parametrize("piece", ["talk to a ", "please ", "ich mit ", "real ", "a"])
def test_a_novel_is_not_looked_through(piece: str) -> None:
    # Without bounds some of these would take minutes.
    assert not asks_for_person(piece * 5_000)
    assert not asks_for_person((piece * 60)[:119])
