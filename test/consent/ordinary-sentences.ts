/** What people write to each other about things that are for sale: no sentence holds a code. */
export const ORDINARY: readonly string[] = [
  ...`Hi, is the bike still there?
I can come today at 6 or tomorrow after 18:30.
Would you take 45 for it? I can pay cash.
From 12pm to 3pm I'm at work, so 4pm is best.
July 25th at 5 would be good, or the 26th in the morning.
Is this the 2019 or the 2021 model?
Does it come with the 65W charger or only the cable?
I live at 221b Baker Street, flat 12a, second floor.
What size is it, 38mm or 42mm?
The lamp is 40cm tall and 15cm wide.
Could you do 120 instead of 150? That's 80%.
I have been looking for this model since 2015.
They have to pick it up by Friday 22nd at noon.
Room B12, building 4C, code at the door is 1234.
The iPhone 12 pro with 128gb or the 256gb one?
My PS5 and the Xbox 360 are both for sale, 4K TV too.
It needs two AA batteries and a 9V block.
Can you send it by DHL? Postcode is SW1A 1AA.
We will meet at gate B32 near the KFC at 10am.
Order 4711 was sent on 2026-11-22 at 21:17.
The part number is GTX 1080 Ti with 11GB of memory.
It runs 10km per litre, has 98,000 km, MOT until May 2027.
I'm 5ft 11in, will the frame fit me?
Bus 42b or tram 7 takes you there in 20min.
Is it the XS, XL or XXL? I wear a 34 waist.
Come over at half past 7, 2nd door on the left.
No worries, take your time, see you soon!
Sorry, it was sold 2hrs ago.
Do you have the 3rd volume as well?
I will give you 2x50 and 1x20.
Only the mp3 player, not the usb stick, sorry.
The m4 screws or the m5 ones? I need 24pcs of m6x12.
Please call me after 9, I'm on the A1 right now.
Track 16B, coach 4, seat 12A, arriving 08:45.
The wifi is down, 4G only, so no pictures today.
Is your offer for 3 days or 4? We are 2 adults.
My flight BA2490 lands at 22h10 in terminal 5.
Check in is from 3pm and check out at 11am sharp.
Some people said 500, some said 650, what is it?
It is a B&O A9, bought in 2018, with the receipt.
I need 12v 7ah for the alarm and 24v for the gate.
He said that it only does 60fps in 1080p, not 4k60.
We had room 404 last year, now they gave us b12.
Please bring form W2 and the I9, both signed.
Want it? Take it, it's free, no 2nd thoughts.
Just sold mine for 95 plus 5 for the box.`.split("\n"),
  ...`Hallo, ist das Fahrrad noch zu haben?
Ich kann heute um 18 Uhr oder morgen ab 7h30 kommen.
Geht der Preis noch auf 45 Euro runter?
Vom 24.12. bis zum 2.1. bin ich nicht da.
Baujahr 2019, 85tkm, TÜV bis 05/2027.
Die Lampe ist 40cm hoch und 15cm breit.
Wir wohnen in der Hauptstr. 12a, 3. OG links.
Hast du auch das Kabel 3x1,5mm² dazu?
Ich zahle 20 sofort und 30 bei Abholung.
Am 25ten geht es nicht, am 26ten gern.
Ist es das Modell von 2018 oder das von 2020er?
Passt das Rad bei 1,80m Größe?
Die Batterie hat 12V und 45Ah.
Kannst du mir die Maße schicken? 60x120 wäre gut.
Meine Nummer gebe ich nicht gern heraus.
Dann also Gleis 7, Wagen 21, um 9 Uhr 45.
Zwei Stück, je 15 Euro, macht 30.
Im Haus 4b, Klingel ist die dritte von oben.
Der Akku hält noch 3h, das Ladegerät ist neu.
PLZ 10115 Berlin, Versand mit DHL wäre super.
Ich nehme alle 4, wenn du 10% nachlässt.
Der Tisch ist 80cm mal 2m und aus Eiche.
Leider schon weg, wurde um 8h20 abgeholt.
Geht auch S21 oder nur die U7? Ich bin in 20min da.
Die Karte für den 12ten, Block C, Reihe 14, Platz 3.
Ist das die PS4 mit 500GB oder mit 1TB?
Habe 2019 dafür 350 bezahlt, nur 5x benutzt.
Das Buch ist in der 3ten Auflage von 1998.
Noch eine Frage: hat er Euro 5 oder Euro 6?
Morgen ab 14h bin ich zu Hause, sonst ab 17h30.
Wenn du magst, lege ich noch 2m Kabel dazu.
Der Raum B204 ist im Bau 3, ganz oben.
Mein Auto ist ein Golf 7 mit 110PS.
Rufst du mich an? Ab 9 geht es gut.
Die A8 ist dicht, ich bin erst um 19h da.
Wie viel Watt hat sie? 40W oder 60W?
Sie hat 27 Zoll und 21 Gänge.
Schick mir bitte 3 Bilder, eins von hinten.
Nur heute: 2 zum Preis von 1!
Es sind noch 250g in der Dose.
Gr. 38 oder 40? Ich hab 39er Füße.
Bis dann, ich freu mich sehr!`.split("\n"),
  ...`Olá, a bicicleta ainda está disponível?
Posso passar hoje às 18h30 ou amanhã a partir das 9h15.
Faz 45 euros? Pago em dinheiro.
Estou livre das 12h às 14h, pode ser?
Dia 25 não dá, mas dia 26 pelas 8h30 dá.
É o modelo de 2019 ou o de 2021?
O candeeiro tem 40cm de altura e 15cm de base.
Moro na Rua da Prata 12, 3º esq, perto do metro.
Vem com o carregador de 65W ou só com o cabo?
O carro tem 98 mil km e inspeção até maio de 2027.
Dou 20 agora e 30 quando for buscar.
Para hoje 9h30 no café, ou 8h45 se for melhor.
Qual é o tamanho, 38 ou 40? Eu calço 39.
Pode enviar por CTT? O código postal é 1100-148 Lisboa.
Fico na sala B12, piso 2, ao lado do bar.
Tem 128GB ou 256GB? E a bateria?
Já vendi, desculpe, foi há 2h.
São 4 cadeiras a 15 cada, dá 60.
A lâmpada é de 12V e 5W, das pequenas.
Só tenho 4G aqui, mando fotos mais logo.
Chego pelas 7h ao Porto, no comboio 512.
Queria as 2 mesas, faz 10% de desconto?
O livro é a 3ª edição, de 1998.
Serve para quem mede 1m80?
O meu voo TP1234 chega às 22h10 ao T1.
Cada uma custa 2,50 e levo 12.
Tem 27 polegadas e 21 velocidades.
Fica na A5, saída 4, depois são 3km.
Amanhã 10h00 ou 15h00? Eu saio às 17h20.
O quarto 204 tem vista, o 101 nem por isso.
Vale 350, comprei em 2018 e usei 5x.
Pode ser meia hora mais tarde? O 28E está parado.
Obrigado, até já!
Aceita troca por uma PS4 com 2 jogos?
Isto é só até dia 31, depois fica a 75.
A porta é a 4B, toque 2x.
Era para 4 pessoas, 2 noites, em julho.
Meu pai leva 1kg, eu levo 2kg da sua horta.
Hoje 20h30 em casa, pode ser? Fica na rua 25 de Abril.
Diga 33 se for médico, ou 112 se não for.`.split("\n"),
  ...`The invoice is INV-2024-0117, dated 3 Nov.
See https://example.org/ads/12345?ref=home for the pictures.
My old handle ended, can you make another?
Tracking: RR123456785GB, it should be there by the 14th.
The IBAN is DE89 3704 0044 0532 0130 00, name is Ana.
Look up ISBN 978-3-16-148410-0, second hand is fine.
It's a 2.0 TDI 150 hp, 6 gears, 4x4, full LED.
The licence plate is AB-12-CD, the blue van.
Try 192.168.1.20, or the name fritz.box, user admin.
Half of it is 0x1f4, the other 0b10, said the nerd.
I got 3.5/5 in maths and 4/5 in arts.
H2O and CO2, that is all it needs.
My size is 9.5 US, that is 43 EU or 8.5 UK.
Tel. 555-0100, ask for Leo, ext. 12.
Add me: ana_b92 on the game, level 45.
We are at 38.7223 N, 9.1393 W, by the river.
At 7.30 or 8.15 then, or 9.45 if late.
Version 2.0.1-beta3 fixed it, 1.9.8 didn't.
C4 is the key, E4 would be too high, A440 to tune.
Win10 or win11? Mine has win7, lol.
The code is 48213067 they said.
Take bus 7a, then walk 5mins, it's no. 12c.
Gr8, c u l8r, b4 9 if u can.
2moro then, w8 4 me at the gym.
10x for all, luv u 2, cya!`.split("\n"),
];
