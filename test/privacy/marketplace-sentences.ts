/** What people write to each other about a sale, with numbers of every kind and nobody's way to be reached. */
export const ORDINARY: readonly string[] = `
Hi, is the bike still available?
Is the price negotiable? I can do 45 today.
I could offer €120 if you can hold it until Friday.
Would you take $1,250.00 cash for it?
The asking price is 1.250,00 € plus 15,00 € shipping.
It cost 12 999 kr new, I want 6 500 kr for it.
Paid £1,499 in 2021, selling for £650 ono.
My budget is 20000-25000, not more.
Rent is 1200 per month, deposit 2400, available from 01.09.2025.
We want 350000 for the flat, 2 rooms, 54 m2, 3rd floor.
The house was sold for 1 250 000 EUR last year.
It has 120 000 km on it and the service book is complete.
Mileage is 87,450 miles, MOT until 03/2026.
2014 model, 1598 cc, 85 kW, 116 hp.
Dimensions are 200 x 90 x 75 cm, weight 32 kg.
The table is 160x80, the chairs are 45x45x90.
Size 42, or 8.5 in UK sizes. I also have 36 38 40 42.
Sizes 36, 37, 38 and 39 are left.
Shoes in EU 41 / US 8 / UK 7.5, box included.
It is 1.80 m wide, 60 cm deep and 2.10 m high.
Screen 27 inch, 2560x1440, 144 Hz, bought 12/2022.
32 GB RAM, 1 TB SSD, RTX 3080 10 GB, i7-12700K.
iPhone 13, 128 GB, battery at 89%, no scratches.
Samsung Galaxy S21 5G, model SM-G991B/DS.
The battery has 5000 mAh and it charges with 25W.
Firmware 10.15.7, build 19H2026.
Router is at 192.168.1.254, password is on the back.
Can you come at 18:30 or rather 19:00?
Between 10.30 and 12.45 would be perfect for me.
We are open 09:00-18:00, Saturdays 10:00-14:00.
See you on 12.05.2024 at 17:15.
Shall we meet on 2024-05-12T18:30?
The concert is 24/12/2025, doors 19h30.
I am away from 12/07 to 26/07, back on the 27th.
The warranty runs from 12 05 2023 to 12 05 2026.
Manufactured 2018-2020, restored in 2023/2024.
Catalogue years 1998 1999 2000 2001 2002.
My order number is 40012345678, still waiting.
Order 12345678 has been shipped.
Order #302-5512345-9912345 arrived damaged.
The invoice no. 2024-000123 is attached.
Reference: 8812345678, please quote it.
Booking ref 7QXM4T, two nights.
Tracking number 00340434161094042557, arrives tomorrow.
Parcel 1Z999AA10123456784 is with UPS.
It was sent as RR123456789PT by post.
The DHL tracking is JJD000390007012345678.
ISBN 978-3-16-148410-0, hardcover.
ISBN 0-306-40615-2, second edition.
The book is 9780306406157 in paperback, 384 pages.
EAN 4006381333931, still sealed.
Barcode 5901234123457, three boxes left.
The serial number is 4412 9981 0372.
Serial C02XG2JHJGH5, IMEI 356938035643809.
Article 702.611.50, the white one.
It is the HEMNES chest, 403.556.14, eight drawers.
Lego 75192 with 7541 pieces, 2 are missing.
Lego 10497, 21318 and 42115, all complete.
Part number 06A-115-561-B fits from 1999 to 2006.
The VIN is WVWZZZ1JZXW000001.
Item 334455667788 is the same lamp.
See https://www.ebay.co.uk/itm/334455667788 for the same one.
Photos are on imgur.com/a/4k2j3h4 for two days.
There is one at www.example-shop.com/p/0612345678.html for more.
IBAN DE89 3704 0044 0532 0130 00, name as in the ad.
You can pay to GB82 WEST 1234 5698 7654 32.
Please send it to PT50 0002 0123 1234 5678 9015 4.
Sort code 20-00-00, account 55779911.
Card ends in 4242, I don't give more.
My handle is k3v9-7qxm-4t if you want to share it.
Text K3V9 7QXM 4T to the number in the ad.
Use b345-6789-40 as the code.
Use 7c92 4411 55 as the code.
The door code is 4471, second floor.
PIN 0000 was never changed.
Flat 12, 3rd floor, between 14 and 16 Long Street.
It's 1200-123 Lisbon, next to the market.
The postcode is 01310-100, near the park.
ZIP 90210-1234, no deliveries.
Coordinates are 38.7223, -9.1393 for the meeting point.
GPS 51.5007, -0.1246, by the bridge.
I have 2 of them, 3 of the others, and 15 spare parts.
One two three, that's all I have left.
Two thousand five hundred is my last price.
I've called twice, is anybody there?
I'll text you when I leave, around six or seven.
Ring the bell at number 24, second on the left.
Call of Duty 4, 5 and 6 for the PS3, 10 each.
The number on the back is worn off.
My phone is an old Nokia 3310 from 2001.
Is the phone unlocked? The Pixel 7 with 256 GB?
Do you have WhatsApp stickers or 3 more of these?
Signal is bad here, I'm in the train until 18.20.
Look at ebay dot com, they are cheaper there.
I saw it at amazon.de for 39,99.
The same is available at ikea.com for 249.
I got it @ Tesco. is that ok?
2 @ 3.50 each, or 5 @ 3.00.
Follow @bikeshop for more of these.
Thanks @ana: that works for me.
Meet me at the corner by the cafe, dot on six.
He is at work, I'm at home. Both fine.
Can't you do it for a bit less, say 30?
Temperature must be +5 to +25 degrees.
It went from 250000 + 35000 to 300000.
They have over +1,000,000 downloads and 4.8 stars.
100% cotton, 60% off, was 79.90, now 31.96.
12 V, 7.5 Ah, 90 Wh, works from -20 to 60.
Ratio 16:9, 60 fps, 1080p and 4K.
Version 2.14.3 runs on it, 3.0.1 doesn't.
I live 15-20 minutes away, bus 728 or 714.
The plates are from 1967, made by Vista Alegre, 24 pieces.
Scale 1:87, track H0, DCC, 16 V.
Thread M8x1.25, 50 mm long, pack of 100.
Tyres 205/55 R16 91V, DOT 2319, 6 mm tread.
195/65R15, four of them, 40 each or 150 for all.
Bike frame 56 cm, 700x28c, 2x11, 9.2 kg.
Lens 70-200 mm f/2.8, filter 77 mm.
The guitar is a 1978 reissue, scale 648 mm, strings 10-46.
Vinyl, 33 rpm, pressed 1973, VG+ to NM.
Stamps from 1890 to 1945, around 1200 of them.
The coins weigh 31.1 g each, 999 silver, 12 of them.
There were 1500 people and 3 food trucks.
Final score 3-1, we could have had 5.
He's 6'2" and it fits, I'm 5'4" and it doesn't.
Ok 👍 see you at 8 then!
0 scratches, 1 owner, 2 keys, 3 years old.
Winning numbers were 4, 8, 15, 16, 23 and 42.
Do you ship to the Azores? It's 2.4 kg, 40x30x20.
Dá para baixar para 80 €? Vou aí às 19h.
Ist das Fahrrad noch da? VB 250 Euro, Rahmen 58.
C'est encore disponible ? 45 € et je viens à 18h30.
¿Sigue disponible? Te doy 30 euros, hoy a las 20:15.
Got a Canon EOS 5D Mark III, 22.3 MP, shutter count 45 000.
Shutter count is 112345, sensor is clean.
The sofa is 230 cm by 95 cm, seats 3.
Bought 03.2019, invoice available, 2 years warranty left.
I can be there at 5, 6 or 7, whatever suits you.
Lot of 250 cards, 30 holo, 12 first edition.
PSA 10, cert 45678901, see photo.
Cert number is 61234567 if you want to check.
Frame number WSBC012345678K stamped below.
Chassis 1HGCM82633A004352.
Prices: 100, 250, 400 and 1000.
The set has 12 plates, 12 bowls and 24 cups 1970s.
100 200 or 300 watts, which one is it?
My last offer: 3 500 000 Ft.
500 000 Ft and it's yours.
Kan du sende den? Jeg betaler 1 200 kr.
Selling at 25 000 INR, bought for 60,000.
It does 0-100 in 7.2 s, 220 km/h.
Built 1985, renovated 2004, 2011 and 2019.
Next train is 7:15, 7:45, 8:15.
Bus 36 at 8.15, 8.45 and 9.15.
12 Rue de la Paix, 75002 Paris, 4th floor, code B4471.
Calle Mayor 24, 28013 Madrid, 2 izq.
1600 Pennsylvania Ave, Washington 20500.
Hauptstr. 12, 10115 Berlin, 3. OG.
10 Downing Street, SW1A 2AA.
The password for wifi is 8842-1197-3365.
Wifi key 48213067 works here.
Your code is 482193, valid till 18:00.
Flight TP1351 on 14/06, seat 23A, 07:45-10:30.
PNR ABC123, e-ticket 047-2412345678.
Ticket 0472412345678 is refundable.
Amazon B08N5WRWNW or ASIN B07XJ8C8F5.
IKEA 10413528 is the same thing.
FD 9612, E-Nr. WAT28411.
CPU-Z 2.06, 3.60 GHz, 8 cores 16 threads.
Resolution 1920 1080 at 60.
4000 3000 pixels photos attached.
Measured 12345 steps today, 8.4 km.
Odometer 203 456, next service at 210 000.
1st 2nd 3rd or 4th?
ETA 20 min, traffic 30 40 min.
It weighs 1,234.5 g exactly.
Pack of 6 x 1.5 l and 24 x 330 ml.
H 180 W 90 D 40, each shelf 85 30 2.
Pax 236 100 58, hinges included.
236 x 100 x 58.
Page 12 to 48 of 1024.
Sum: 12.50 + 13.00 + 99.90 = 125.40.
12+13+14+15+16+17.
10-20-30-40 rule, ok?
2024-2025 season ticket, row 12, seats 44 45 46.
Rows 10 11 12 and 13 14 15.
Take 2 3 or 4 of the 20 30 cm ones.
I can do 1000 1100 or 1200.
1000000 times better.
Serial 12345678901.
S/N: 2103-4456-8891.
Registered under 00-AA-11, inspection 08/2025.
Plate AB-12-CD, 1.4 TDI, 5 doors.
NIF 123456789 on the receipt please.
VAT ID DE123456789.
VAT 501234567 for the invoice.
CIF B12345678.
SIRET 732 829 320 00074.
Steuernummer 12/345/67890.
Bitte an Kto 532013000 BLZ 37040044.
Transfer to account 0532013000.
PayPal is fine, or 2 x 50 in cash.
BTC 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa.
Hash d41d8cd98f00b204e9800998ecf8427e ok.
uuid 3f2504e0-4f89-41d3-9a0c-0305e82c3301.
MAC 00:1A:2B:3C:4D:5E.
Radio 101.5 or 98.7 FM.
Room 1204, hotel breakfast 7-10.
I'm at work at the moment, dot the i's.
See you at nine dot thirty.
We met at church dot, no kidding.
The label says 061D234 567D8.
They sold it for EUR 912 345 678, imagine.
Backpacks of 91l 22l 35l, take one.
The phone shelf is 1200 x 600 x 750.
I want a phone for 2000-2500.
Router is at 192.168.10.100.
GPS -0.1277, 51.5073 (longitude first).
Book 978-0306406157, as new.
Photos at http://192.0.2.7/0612345678 for a week.
Photos at imgur.com/a/0612345678 too.
Over +10,000,000 sold, 12 345 678 of them here.
`
  .trim()
  .split("\n");
